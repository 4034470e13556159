import { isSpelledNearly } from "./spelling.ts";

/** Languages in which a country is found by its name. */
const LANGUAGES =
  "en fr es pt de it nl pl cs ro el tr ru uk ar fa ur he hi bn ne mr ta te ml si my th km lo vi id ms fil sw ha am so zu rw yo ig mg zh ja ko ka hy az kk ky uz mn".split(
    " ",
  );
/** From this number of letters on a prefix of a name is enough. */
const BEGUN_LETTERS_MIN = 4;
/** What writers of one word differ in; the same as in the database, where it is what projects are found by. */
const MARKS =
  /[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u09bc\u0a3c\u0abc\u0b3c]|[\u00ad\u0640\u200b-\u200f\u2060\ufeff]/gu;
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;

interface NameWord {
  word: string;
  countries: Set<string>;
}

/** The words of all names, in the order of their letters. */
const NAMES = wordsOfNames();

/** The countries (ISO 3166-1 alpha-2) with this folded word in one of their names; it may be begun. */
export function countriesNamed(word: string): string[] {
  const found = new Set<string>();
  for (let at = firstFrom(NAMES, word); NAMES[at]?.word.startsWith(word); at++) {
    const { word: name, countries } = NAMES[at] as NameWord;
    if (name !== word && [...word].length < BEGUN_LETTERS_MIN) break;
    for (const country of countries) found.add(country);
  }
  return [...found].sort();
}

/** The countries (ISO 3166-1 alpha-2) with this folded word, whole, in one of their names. */
export function countriesNamedWhole(word: string): string[] {
  const { word: name, countries } = NAMES[firstFrom(NAMES, word)] ?? {};
  return name === word ? [...(countries ?? [])].sort() : [];
}

/** The countries with a word in one of their names that is spelled nearly so. The first letter must be right. */
export function countriesNamedNearly(word: string): string[] {
  const [first = ""] = word;
  const found = new Set<string>();
  for (let at = firstFrom(NAMES, first); NAMES[at]?.word.startsWith(first); at++) {
    const { word: name, countries } = NAMES[at] as NameWord;
    if (isSpelledNearly(word, name)) for (const country of countries) found.add(country);
  }
  return [...found].sort();
}

function wordsOfNames(): NameWord[] {
  const words = new Map<string, Set<string>>();
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  for (const language of LANGUAGES) {
    const display = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
    for (const code of codes) {
      for (const word of wordsOf(display.of(code) ?? "")) {
        words.set(word, (words.get(word) ?? new Set()).add(code));
      }
    }
  }
  return [...words]
    .map(([word, countries]) => ({ word, countries }))
    .sort((one, other) => (one.word < other.word ? -1 : 1));
}

/** As the database takes names apart: two neighbouring characters each where a script puts no spaces. */
function wordsOf(name: string): string[] {
  const folded = name.normalize("NFKD").toLowerCase().replace(MARKS, "").normalize("NFC");
  return (folded.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).flatMap((word) => {
    const characters = [...word];
    if (!UNSPACED.test(word) || characters.length < 2) return [word];
    return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
  });
}

function firstFrom(sorted: readonly NameWord[], word: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as NameWord).word < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
