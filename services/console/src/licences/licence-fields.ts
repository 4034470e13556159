import type { TextField } from "../forms/text-fields.ts";
import type { Language } from "../texts/languages.ts";
import type { FormData } from "../visits/form-data.ts";
import { LICENCE_TEXTS } from "./texts.ts";

const DESCRIPTION_ROWS = 4;
const TEXT_ROWS = 12;

/** The fields of a licence, new or not. */
export function licenceFields(language: Language): readonly TextField[] {
  const t = LICENCE_TEXTS(language);
  return [
    { name: "name", label: t.name, required: true, maxLength: 200 },
    {
      name: "description",
      label: t.description,
      help: t.descriptionHelp,
      rows: DESCRIPTION_ROWS,
      maxLength: 20_000,
    },
    {
      name: "plain_text",
      label: t.plainText,
      help: t.plainTextHelp,
      rows: TEXT_ROWS,
      maxLength: 100_000,
      required: true,
    },
  ];
}

/** What was typed into these fields. */
export function typedLicence(form: FormData) {
  return {
    name: form.text("licence.name"),
    description: form.text("licence.description"),
    plainText: form.text("licence.plain_text"),
  };
}
