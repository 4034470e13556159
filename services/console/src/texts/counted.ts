import type { Language } from "./languages.ts";

/** A number with the words that go with it: `(1200, "task", "tasks")` is "1,200 tasks". */
export type Counted = (count: number | bigint, one: string, other: string) => string;

/** Counts in English, for the English texts of a catalogue. */
export const countedEn = countedIn("en-GB");
/** Counts in French, where none and one and a half are singular too. */
export const countedFr = countedIn("fr-FR");

function countedIn(locale: string): Counted {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  return (count, one, other) => `${format.format(count)} ${wordIn(locale, count, one, other)}`;
}

const rules = new Map<string, Intl.PluralRules>();

/** The words that go with a number, by the plural rules of the language. */
export function pluralOf(language: Language, count: number | bigint, one: string, other: string): string {
  return wordIn(language === "fr" ? "fr-FR" : "en-GB", count, one, other);
}

function wordIn(locale: string, count: number | bigint, one: string, other: string): string {
  let rule = rules.get(locale);
  if (rule === undefined) {
    rule = new Intl.PluralRules(locale);
    rules.set(locale, rule);
  }
  return rule.select(Number(count)) === "one" ? one : other;
}
