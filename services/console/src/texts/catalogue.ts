import type { Language } from "./languages.ts";

/** The texts of one room: words, and functions that put values into a sentence. */
export interface Texts {
  readonly [key: string]: string | ((...values: never[]) => string) | Texts;
}

/**
 * Makes the texts of a room: English and French with the same keys, which the types see to.
 *
 *     const TEXTS = catalogue(EN, FR);
 *     const t = TEXTS(visit.language);
 *     html`<h1>${t.title}</h1>`;
 */
export function catalogue<T extends Texts>(english: T, french: NoInfer<Same<T>>): (language: Language) => T {
  const known = new Map<Language, T>([
    ["en", english],
    ["fr", french as unknown as T],
  ]);
  return (language) => {
    let texts = known.get(language);
    if (texts === undefined) {
      texts = pseudo(english, language) as T;
      known.set(language, texts);
    }
    return texts;
  };
}

/** The same keys with other words. */
type Same<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...values: never[]) => string
      ? T[K]
      : Same<T[K]>;
};

/** Marks a text in a made-up language, so that what is not in a catalogue stands out; any other language leaves it as it is. */
export function inPseudo(language: Language, text: string): string {
  if (language === "ar-XB") return `\u202e${text}\u202c`;
  return language === "en-XA" ? `[${text}]` : text;
}

function pseudo(texts: Texts, language: Language): Texts {
  const mark = (text: string) => inPseudo(language, text);
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => {
      if (typeof value === "string") return [key, mark(value)];
      if (typeof value === "function") return [key, (...values: never[]) => mark(value(...values))];
      return [key, pseudo(value, language)];
    }),
  );
}
