import type { TextField } from "../forms/text-fields.ts";
import type { Language } from "../texts/languages.ts";
import type { FormData } from "../visits/form-data.ts";
import { ORGANISATION_TEXTS } from "./texts.ts";

const DESCRIPTION_ROWS = 6;
const URL_MAX = 500;

/** The fields of an organisation, new or not. */
export function organisationFields(language: Language): readonly TextField[] {
  const t = ORGANISATION_TEXTS(language);
  return [
    { name: "name", label: t.name, required: true, maxLength: 100 },
    { name: "slug", label: t.slug, help: t.slugHelp, maxLength: 60 },
    {
      name: "description",
      label: t.description,
      help: t.descriptionHelp,
      rows: DESCRIPTION_ROWS,
      maxLength: 5_000,
    },
    { name: "url", label: t.url, type: "url", maxLength: URL_MAX },
    { name: "logo_url", label: t.logoUrl, type: "url", maxLength: URL_MAX },
  ];
}

/** What was typed into these fields. */
export function typedOrganisation(form: FormData) {
  return {
    name: form.text("organisation.name"),
    slug: form.text("organisation.slug"),
    description: form.text("organisation.description"),
    url: form.optional("organisation.url"),
    logoUrl: form.optional("organisation.logo_url"),
  };
}
