/** The share of comment lines and test titles that may break the rules of English. */
export const BREACHES_SHARE_MAX = 0.01;

/** The banned phrases, and the plain words to write instead; docs/glossary.md lists them for people. */
const BANNED: readonly [phrase: RegExp, instead: string][] = [
  [/\bso (many|long|often|few)\b/i, "at most N; for N ms"],
  [/(^|[.:;?!] )(who|whose|whom)\b(?![^.;]*\?)/i, "a caller that …, users who …"],
  [/\bwhoever\b|\bof whom\b/i, "a caller that …, users who …"],
  [
    /(^|[.:;?!] )Answers (?:an? (?!call|command|document|request)|the |what |whether |how |who |undefined )/,
    "Returns …",
  ],
  [/(;|,? and) answers (the|a|an|how|what|whether|its|by|which)\b/, "returns …"],
  [/\b(go|goes|going|went|gone) on\b|\bat it\b/i, "continues, is running"],
  [/\b(is|are|be|stay|stays|was) (not )?good\b|\bgood (for|until|again)\b/i, "valid, valid for"],
  [/\b(ran|run|runs|running) out\b/i, "expired"],
  [/\b(take|takes|taken|taking|took|give|gives|given|giving|gave) back\b/i, "revoked, released"],
  [/(?<!`)\b(told|tells?|telling)\b(?!`)/i, "published, notified, reported"],
  [/\bit is (looked|asked|waited|tried|said|heard)\b/i, "the active voice"],
  [/\bheed(s|ed|ing)?\b/i, "respected, applied"],
  [/\b(fall|falls|fell) silent\b/i, "stops sending, stalls"],
  [/\bto be had\b/i, "available"],
  [/\b(hear|hears|heard|hearing) of\b/i, "received, learned of"],
  [/\b(he|his|him|himself|she|her|hers|herself)\b/i, "it, they"],
];

/** A line of comment, without its marks. */
const COMMENT = /^\s*(?:\/\/+|\/\*+|\*)\s?(?!\/)(.*)$/;
const TITLE = /(?:\b(?:test|describe)(?:\.\w+)*\(\s*|^\s*[\])}]+\(\s*)(["'`])((?:(?!\1).)+)\1/;
/** Lines that people do not word: licences, and orders to tools. */
const NOT_PROSE = /^Copyright |^(biome|prettier|eslint|@ts)-/;
/** How many breaches are listed when there are too many. */
const LISTED_MAX = 20;

/** The sentences to judge in a TypeScript or proto file: its comment lines and test titles. */
function sentencesIn(path: string, text: string): { at: string; sentence: string }[] {
  return text.split("\n").flatMap((line, index) => {
    const sentence = COMMENT.exec(line)?.[1]?.replace(/\s*\*\/\s*$/, "") ?? TITLE.exec(line)?.[2];
    if (sentence === undefined || NOT_PROSE.test(sentence) || !/[a-z]/i.test(sentence)) return [];
    return [{ at: `${path}:${index + 1}`, sentence }];
  });
}

/** The breaches of plain English, if their share of all comment lines and test titles is above the limit. */
export function englishBreaches(files: ReadonlyMap<string, string>): string[] {
  const sentences = [...files]
    .filter(([path]) => /^(packages|services|proto)\/.*\.(ts|proto)$/.test(path) && !path.includes("/gen/"))
    .flatMap(([path, text]) => sentencesIn(path, text));
  const breaches = sentences.flatMap(({ at, sentence }) => {
    const banned = BANNED.map(([phrase, instead]) => [phrase.exec(sentence)?.[0].trim(), instead] as const);
    const found = banned.find(([phrase]) => phrase !== undefined);
    return found === undefined ? [] : [`${at} says "${found[0]}": write "${found[1]}"`];
  });
  return breaches.length <= sentences.length * BREACHES_SHARE_MAX ? [] : breaches.slice(0, LISTED_MAX);
}
