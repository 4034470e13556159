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
  [/\b(told|tells?|telling)\b/i, "published, notified, reported"],
  [/\bit is (looked|asked|waited|tried|said|heard)\b/i, "the active voice"],
  [/\bheed(s|ed|ing)?\b/i, "respected, applied"],
  [/\b(fall|falls|fell) silent\b/i, "stops sending, stalls"],
  [/\bto be had\b/i, "available"],
  [/\b(hear|hears|heard|hearing) of\b/i, "received, learned of"],
  [/\b(he|his|him|himself|she|her|hers|herself)\b/i, "it, they"],
  [/^bug$/i, "what failed, for which request"],
];

/** Words that no name has: each had several meanings here. */
const BANNED_NAMES: readonly [word: RegExp, instead: string][] = [
  [/^(told|tells?)$/, "published, notify, reply"],
  [/^turns?$/, "queue, mutex, round, run"],
  [/^heed(s|ed)?$/, "applied"],
  [/^(worth|whoever|whom)$/, "the word of docs/glossary.md"],
];

/** What people read, by kind. */
type Kind = "comments" | "test titles" | "documents" | "messages" | "names";

interface Sentence {
  kind: Kind;
  at: string;
  sentence: string;
}

/** A line of comment, without its marks. */
const COMMENT = /^\s*(?:\/\/+|\/\*+|\*)\s?(?!\/)(.*)$/;
/** The title of a test, or of a table of tests whose rows end on the line. */
const TITLE =
  /(?:\b(?:test|describe)(?:\.\w+)*(?:\([^()"'`]*\))?\(\s*|^\s*[\])}]+\(\s*)(["'`])((?:(?!\1).)+)\1/gm;
/** A text of several words: what a log line, a refusal or a command says. */
const MESSAGE = /(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1/g;
/** Several words, one of them longer than a code of a language. */
const PROSE = /\w \w.*[a-z]{4}|[a-z]{4}.*\w \w/;
const LOGGED_BUG = /\blog\w*\.(?:error|warn)\([^;]*?(["'`])(bug)\1/g;
const NAME = /^\s*export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm;
/** Lines that people do not word: licences, and orders to tools. */
const NOT_PROSE = /^Copyright |^(biome|prettier|eslint|@ts)-/;
/** Code in Markdown, and the table of the words to avoid. */
const NOT_DOCUMENT = /^```[^\n]*\n[\s\S]*?^```|`[^`\n]*`|^## Words to avoid[\s\S]*/gm;
/** The breaches of plain English. */
export function englishBreaches(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => sentencesIn(path, text)).flatMap(breachOf);
}

function breachOf({ kind, at, sentence }: Sentence): string[] {
  const banned =
    kind === "names"
      ? BANNED_NAMES.flatMap(([word, instead]) =>
          wordsOf(sentence).map((it) => [word.exec(it), instead] as const),
        )
      : BANNED.map(([phrase, instead]) => [phrase.exec(sentence), instead] as const);
  const [found, instead] = banned.find(([match]) => match !== null) ?? [];
  return found ? [`${at} says "${found[0].trim()}": write "${instead}"`] : [];
}

/** The words of a name: "turnsOf" is "turns" and "of". */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[ _]+/);
}

/** The sentences to judge in a file. */
function sentencesIn(path: string, text: string): Sentence[] {
  if (path.endsWith(".md")) return ofDocument(path, text);
  if (!/^(packages|services|proto)\/.*\.(ts|proto)$/.test(path) || path.includes("/gen/")) return [];
  // It plants breaches.
  if (path.endsWith("/house-rules.test.ts")) return [];
  const comments = ofLines(path, "comments", text, (line) =>
    COMMENT.exec(line)?.[1]?.replace(/\s*\*\/\s*$/, ""),
  );
  if (path.endsWith(".proto")) return comments;
  if (path.endsWith(".test.ts")) return [...comments, ...ofMatches(path, "test titles", text, TITLE, 2)];
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, " "));
  const messages = ofMatches(path, "messages", code, MESSAGE, 2).filter(({ sentence }) =>
    PROSE.test(sentence),
  );
  return [
    ...comments,
    ...(path.endsWith(".table.ts") || path.endsWith("/english-rules.ts") ? [] : messages),
    ...ofMatches(path, "messages", code, LOGGED_BUG, 2),
    ...ofMatches(path, "names", code, NAME, 1),
  ];
}

function ofDocument(path: string, text: string): Sentence[] {
  const prose = text.replace(NOT_DOCUMENT, (code) => code.replace(/[^\n]/g, " "));
  return ofLines(path, "documents", prose, (line) => line.replace(/^[#>*|\s-]+/, ""));
}

function ofLines(
  path: string,
  kind: Kind,
  text: string,
  proseOf: (line: string) => string | undefined,
): Sentence[] {
  return text.split("\n").flatMap((line, index) => {
    const sentence = proseOf(line);
    if (sentence === undefined || NOT_PROSE.test(sentence) || !/[a-z]/i.test(sentence)) return [];
    return [{ kind, at: `${path}:${index + 1}`, sentence }];
  });
}

function ofMatches(path: string, kind: Kind, text: string, pattern: RegExp, group: number): Sentence[] {
  return [...text.matchAll(pattern)].map((match) => ({
    kind,
    at: `${path}:${text.slice(0, match.index).split("\n").length}`,
    sentence: match[group] ?? "",
  }));
}
