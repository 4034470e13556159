import { TextKind } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import {
  IN_LINE,
  IN_PARAGRAPHS,
  SUSPECT_IN_LINE,
  SUSPECT_IN_PARAGRAPHS,
  VISIBLE,
} from "./text-characters.ts";

/** A letter carries at most this many marks, as in stream-safe text (UAX #15): to put more in order takes quadratic time. */
const MARKS_MAX = 30;

/** A text as it is kept, or why it is not taken. */
export type TextRead = { text: string; fault?: undefined } | { fault: TextFault };

/** The rule that a text breaks, and a sentence for people. */
export interface TextFault {
  rule: string;
  description: string;
}

/** Reads a text that somebody sends, by the rules that `TextKind` states. */
export function readText(kind: TextKind, sent: string): TextRead {
  const [formOf, faultIn] =
    kind === TextKind.LINE ? [lineForm, lineFault] : [paragraphsForm, paragraphsFault];
  const early = marksFault(sent);
  if (early !== undefined) return { fault: early };
  const text = formOf(sent.normalize("NFC"));
  const fault = marksFault(text) ?? faultIn(text) ?? blankFault(kind === TextKind.LINE ? sent : text);
  return fault === undefined ? { text } : { fault };
}

/** Makes a text of another system one that `readText` takes: what it refuses is left out. "" where nothing is left. */
export function plainText(kind: TextKind, found: string): string {
  const normal = normalForm(found);
  const taken = kind === TextKind.LINE ? plainLine(normal) : plainParagraphs(normal);
  const read = readText(kind, normalForm(taken));
  return read.fault === undefined ? read.text : "";
}

/** As `plainText`, which ends between two characters before it has more than `longest` code points. */
export function plainTextOf(kind: TextKind, longest: number, found: string): string {
  const text = plainText(kind, found);
  if (text.length <= longest) return text;
  const begun: string[] = [];
  let length = 0;
  for (const { segment } of graphemes.segment(text)) {
    length += [...segment].length;
    if (length > longest) return plainText(kind, begun.join("")).trimEnd();
    begun.push(segment);
  }
  return text;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

function lineForm(text: string): string {
  return text.replace(/\p{Zs}+/gu, " ").replace(/^ | $/g, "");
}

function paragraphsForm(text: string): string {
  return /^\s+$/u.test(text) ? "" : text;
}

function lineFault(text: string): TextFault | undefined {
  return SUSPECT_IN_LINE.test(text) ? firstFault(IN_LINE, text, LINE_WORDS) : undefined;
}

function paragraphsFault(text: string): TextFault | undefined {
  if (!SUSPECT_IN_PARAGRAPHS.test(text)) return undefined;
  return firstFault(IN_PARAGRAPHS, text, PARAGRAPHS_WORDS) ?? pairsFault(text);
}

const LINE_WORDS: Readonly<Record<string, string>> = {
  control: "must be of one line, without control characters",
  direction: "must not have characters that change the direction of writing",
  invisible: "must not have invisible characters where no script needs them",
  meaning: "must not have characters without a meaning in Unicode",
};

const PARAGRAPHS_WORDS: Readonly<Record<string, string>> = {
  ...LINE_WORDS,
  control: "must have no control characters but tabs and line breaks",
  direction: "must not have characters that override the direction of writing",
  invisible: "must not have invisible tags",
};

/** The first character that a group of the pattern finds. */
function firstFault(
  pattern: RegExp,
  text: string,
  words: Readonly<Record<string, string>>,
): TextFault | undefined {
  for (const { 0: found, groups = {}, index } of text.matchAll(pattern)) {
    const name = Object.keys(groups).find((it) => groups[it] !== undefined);
    if (name === undefined) continue;
    const code = (found.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
    const character = `character ${[...text.slice(0, index)].length + 1} is U+${code}`;
    return { rule: `text.${name}`, description: `${words[name]}: ${character}` };
  }
  return undefined;
}

/** Embeddings and isolates end in the paragraph where they begin, the last one first. */
function pairsFault(text: string): TextFault | undefined {
  return text.split(/[\n\r\u2029]/).every(arePaired)
    ? undefined
    : { rule: "text.direction", description: "must close what changes the direction of writing on its line" };
}

function arePaired(line: string): boolean {
  const open: string[] = [];
  for (const [mark] of line.matchAll(/[\u202A-\u202C\u2066-\u2069]/g)) {
    if (mark === EMBEDDING_END || mark === ISOLATE_END) {
      if (open.pop() !== mark) return false;
    } else open.push(mark < EMBEDDING_END ? EMBEDDING_END : ISOLATE_END);
  }
  return open.length === 0;
}

const EMBEDDING_END = "\u202C";
const ISOLATE_END = "\u2069";

function marksFault(text: string): TextFault | undefined {
  return MANY_MARKS.test(text)
    ? { rule: "text.marks", description: `must have at most ${MARKS_MAX} marks on a letter` }
    : undefined;
}

/** Begins at the first mark alone: otherwise each mark of a run counts those after it. */
const MANY_MARKS = new RegExp(`(?<!\\p{M})\\p{M}{${MARKS_MAX + 1}}`, "u");

function blankFault(text: string): TextFault | undefined {
  return text === "" || VISIBLE.test(text)
    ? undefined
    : { rule: "text.blank", description: "must have something that can be seen" };
}

function plainLine(found: string): string {
  return without(IN_LINE, found.replace(/[\s--\uFEFF]+/gv, " "));
}

function plainParagraphs(found: string): string {
  const text = without(IN_PARAGRAPHS, found);
  return pairsFault(text) === undefined ? text : text.replace(/[\u202A-\u202C\u2066-\u2069]/g, "");
}

/** Leaves out what a group of the pattern finds. */
function without(pattern: RegExp, text: string): string {
  return text.replace(pattern, (found, ...rest) =>
    Object.values(rest.at(-1) as Record<string, unknown>).some((it) => it !== undefined) ? "" : found,
  );
}

/** NFC, with few enough marks before and after it. */
function normalForm(text: string): string {
  return fewMarks(fewMarks(text).normalize("NFC"));
}

function fewMarks(text: string): string {
  return text.replace(TOO_MANY_MARKS, "$1");
}

const TOO_MANY_MARKS = new RegExp(`(?<!\\p{M})(\\p{M}{${MARKS_MAX}})\\p{M}+`, "gu");
