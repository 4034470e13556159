import { countriesNamed, countriesNamedNearly, countriesNamedWhole } from "./country-names.ts";
import { isSpelledNearly, NEAR_LETTERS_MIN } from "./spelling.ts";

/** The most words of a text that count. */
export const WORDS_MAX = 12;
/** From this number of letters on a prefix of a word is enough. */
const BEGUN_LETTERS_MIN = 3;
/** The most words that stand for a similarly spelled one. */
const NEAR_WORDS_MAX = 50;
/** Scripts that put no spaces between words: the database gives every two neighbouring characters, and the last one. */
const UNSPACED =
  /^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;

/** What must be found of one word of the text: one of these terms of a tsquery, or one of these countries. */
export interface Wanted {
  terms: string[];
  countries: string[];
}

/** The words of a text that are looked for, of all that the database made of it. */
export function wordsWanted(words: readonly string[]): string[] {
  // The last character of a run is in the pair before it.
  const needed = words.filter(
    (word, at) => !(at > 0 && isUnspaced(word) && [...word].length === 1 && words[at - 1]?.endsWith(word)),
  );
  return [...new Set(needed)].slice(0, WORDS_MAX);
}

/** What each word asks for as it is spelled. */
export function wanted(words: readonly string[]): Wanted[] {
  return words.map((word) => ({ terms: [termOf(word)], countries: countriesNamed(word) }));
}

/** What each word asks for where it stands whole. */
export function wantedWhole(words: readonly string[]): Wanted[] {
  return words.map((word) => ({ terms: [quoted(word)], countries: countriesNamedWhole(word) }));
}

/** The words for which others that are spelled nearly alike may stand. */
export function misspellable(words: readonly string[]): string[] {
  return words.filter(
    (word) => !isUnspaced(word) && [...word].length >= NEAR_LETTERS_MIN && !/[0-9]/.test(word),
  );
}

/**
 * What each word asks for if it may be spelled otherwise; `known` are words that are somewhat like them, the likest first.
 * Of pairs of characters one is enough, as a wrong character spoils two.
 */
export function wantedNearly(words: readonly string[], known: readonly string[]): Wanted[] {
  const pairs = words.filter(isUnspaced);
  const spaced = words.filter((word) => !isUnspaced(word));
  const near = new Set(misspellable(words));
  const groups = spaced.map((word) => {
    if (!near.has(word)) return wanted([word])[0] as Wanted;
    const others = known.filter((other) => isSpelledNearly(word, other)).slice(0, NEAR_WORDS_MAX);
    const countries = new Set([...countriesNamed(word), ...countriesNamedNearly(word)]);
    return { terms: [termOf(word), ...others.map(quoted)], countries: [...countries] };
  });
  if (pairs.length === 0) return groups;
  const any = { terms: pairs.map(termOf), countries: pairs.flatMap(countriesNamed) };
  return [...groups, any];
}

/**
 * A tsquery that is met by whatever has all of `groups`, countries left out of account, where it has these weights: any
 * unless some are given.
 */
export function everyGroup(groups: readonly Wanted[], weights = ""): string {
  const where = (term: string) =>
    weights === "" ? term : `${term}${term.endsWith("*") ? "" : ":"}${weights}`;
  return groups.map(({ terms }) => `(${terms.map(where).join(" | ")})`).join(" & ");
}

/** A tsquery of all terms, by which is ranked what was found. */
export function anyTerm(groups: readonly Wanted[]): string {
  return groups.flatMap(({ terms }) => terms).join(" | ");
}

/** A tsquery that is met by a name that has all words, written out. */
export function inName(words: readonly string[]): string {
  return words.map((word) => `${quoted(word)}:A`).join(" & ");
}

function termOf(word: string): string {
  const length = [...word].length;
  const begun = isUnspaced(word) ? length === 1 : length >= BEGUN_LETTERS_MIN;
  return begun ? `${quoted(word)}:*` : quoted(word);
}

/** Words are letters, digits and signs of writing: nothing in them has a meaning in a tsquery. */
function quoted(word: string): string {
  return `'${word}'`;
}

function isUnspaced(word: string): boolean {
  return UNSPACED.test(word);
}
