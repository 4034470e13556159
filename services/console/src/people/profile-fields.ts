import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { TextField, Texts } from "../forms/text-fields.ts";
import type { Language } from "../texts/languages.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

const DESCRIPTION_ROWS = 4;
const DESCRIPTION_MAX = 500;

/** The fields of a profile that its person changes. */
export function profileFields(language: Language): readonly TextField[] {
  const t = PEOPLE_TEXTS(language);
  return [
    { name: "languages", label: t.languages, help: t.languagesHelp },
    {
      name: "description",
      label: t.description,
      help: t.descriptionHelp,
      rows: DESCRIPTION_ROWS,
      maxLength: DESCRIPTION_MAX,
    },
  ];
}

/** What these fields hold now. */
export function profileTexts({ languages, description }: User): Texts {
  return { languages: languages.join(", "), description };
}
