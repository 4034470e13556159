import type { DescEnum } from "@bufbuild/protobuf";
import { inPseudo } from "../texts/catalogue.ts";
import type { Language } from "../texts/languages.ts";
import { REASON_WORDS } from "../texts/reasons.ts";
import { FRENCH_VALUES } from "./enum-names.ts";
import { words } from "./words.ts";

/** A value of an enum in words: "TASK_STATE_BAD_IMAGERY" is "Bad imagery". A number that the contract does not have is shown as it is. */
export function enumWords(language: Language, desc: DescEnum, value: number): string {
  const name = nameOf(desc, value);
  if (name === undefined) return String(value);
  const french = language === "fr" ? frenchWords(desc, name) : undefined;
  return french ?? inPseudo(language, words(name));
}

/** Whether a value has words in French. */
export function hasFrenchWords(desc: DescEnum, value: number): boolean {
  const name = nameOf(desc, value);
  return name !== undefined && frenchWords(desc, name) !== undefined;
}

/** The name of a value without that of its enum. */
function nameOf(desc: DescEnum, value: number): string | undefined {
  const found = desc.values.find(({ number }) => number === value);
  const prefix = `${desc.name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}_`;
  return found?.name.startsWith(prefix) ? found.name.slice(prefix.length) : found?.name;
}

function frenchWords({ name: ofEnum }: DescEnum, name: string): string | undefined {
  return ofEnum === "Reason" ? REASON_WORDS.get(name)?.[0] : FRENCH_VALUES[ofEnum]?.[name];
}
