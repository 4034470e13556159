import Negotiator from "negotiator";

/** The languages that the console speaks. The first is the default. */
export const LANGUAGES = ["en", "fr"] as const;
/** Made of the first by rule: they show what is not translated, and how pages look from right to left. */
const PSEUDO_LANGUAGES = ["en-XA", "ar-XB"] as const;

/** A BCP 47 tag. */
export type Language = (typeof LANGUAGES)[number] | (typeof PSEUDO_LANGUAGES)[number];

/** Chooses the reader's language: what they chose here, else what their browser prefers. */
export function languageFor(
  chosen: string | undefined,
  acceptLanguage: string | undefined,
  offersPseudo: boolean,
): Language {
  const offered: readonly Language[] = offersPseudo ? [...LANGUAGES, ...PSEUDO_LANGUAGES] : LANGUAGES;
  const own = offered.find((it) => it === chosen);
  if (own !== undefined) return own;
  const accepted = new Negotiator({ headers: { "accept-language": acceptLanguage } }).language([
    ...LANGUAGES,
  ]);
  return (accepted as Language | undefined) ?? LANGUAGES[0];
}

/** The direction in which a language is written. */
export function directionOf(language: Language): "ltr" | "rtl" {
  return language === "ar-XB" ? "rtl" : "ltr";
}

/** The most languages in which texts of people are asked for. */
const READER_LANGUAGES_MAX = 20;
/** A language tag that services take. */
const TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
const TAG_MAX_LENGTH = 35;

/** The languages in which the reader wants the texts of people, the preferred one first: the page's, if it was chosen here. */
export function readerLanguages(chosen: string | undefined, acceptLanguage: string | undefined): string[] {
  const own = LANGUAGES.filter((it) => it === chosen);
  const accepted = new Negotiator({ headers: { "accept-language": acceptLanguage ?? "" } }).languages();
  const tags = [...own, ...accepted].filter((tag) => tag.length <= TAG_MAX_LENGTH && TAG.test(tag));
  return [...new Set(tags)].slice(0, READER_LANGUAGES_MAX);
}
