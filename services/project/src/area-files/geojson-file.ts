import { readGeoJson } from "@tessera/geometry/areas/geo-json.ts";
import { FileFault } from "./file-fault.ts";
import type { FileReading } from "./file-reading.ts";
import { type Bytes, wholeText } from "./text.ts";

/** What each record of a sequence begins with (RFC 8142). */
const RECORD_SEPARATOR = "\u001e";

/** One of the texts of a sequence. */
interface JsonRecord {
  text: string;
  /** How many lines come before it. */
  line: number;
}

/**
 * Reads the polygons of a GeoJSON document, or of a sequence of them: one a record (RFC 8142) or one a line. A sequence is
 * read as a FeatureCollection would be; a record that cannot be read is reported by its number.
 */
export async function readGeoJsonFile(reading: FileReading, bytes: Bytes): Promise<void> {
  const text = await wholeText(bytes);
  if (text.trimStart().startsWith(RECORD_SEPARATOR)) return readSequence(reading, text, RECORD_SEPARATOR);
  const whole = parsed(text);
  if (whole) return readGeoJson(reading, whole.value);
  if (text.trim() === "") throw new FileFault("file-empty");
  if (isLines(text)) return readSequence(reading, text, "\n");
  throw new FileFault("json-malformed", text.length > SEARCHED_MAX_LENGTH ? "" : lineIn(text));
}

function readSequence(reading: FileReading, text: string, separator: string): void {
  let index = 0;
  let searched = 0;
  for (const { text: record, line } of recordsOf(text, separator)) {
    const path = `/records/${index}`;
    const found = parsed(record);
    if (found) readGeoJson(reading, found.value, path);
    else {
      searched += record.length;
      const position = searched > SEARCHED_MAX_LENGTH ? `line ${line + 1}` : lineIn(record, line);
      reading.report(new FileFault("json-malformed", `records[${index}], ${position}`));
    }
    index += 1;
  }
}

/** The texts of a sequence, but for empty ones. */
function* recordsOf(text: string, separator: string): Generator<JsonRecord> {
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf(separator, at);
    const end = found < 0 ? text.length : found + 1;
    const record = text.slice(at, found < 0 ? end : found);
    if (record.trim() !== "") yield { text: record, line };
    line += text.slice(at, end).split("\n").length - 1;
    at = end;
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether each line is a text of its own, which the first line shows or, if it is broken, the next. */
function isLines(text: string): boolean {
  const lines = recordsOf(text, "\n");
  const first = lines.next().value as JsonRecord | undefined;
  const second = lines.next().value as JsonRecord | undefined;
  if (first === undefined || second === undefined) return false;
  return isObject(first.text) || (!wantsMore(first.text) && isObject(second.text));
}

function isObject(text: string): boolean {
  return text.trimStart().startsWith("{") && parsed(text) !== undefined;
}

/** In a longer text the line of an error is not looked for: that takes twenty times as long as to parse it. */
const SEARCHED_MAX_LENGTH = 4_000_000;

/**
 * The position where the parser stopped, which it does not always report: a shorter text is wrong only at its end.
 */
function lineIn(text: string, linesBefore = 0): string {
  let [sound, wrong] = [0, text.length + 1];
  while (wrong - sound > 1) {
    const middle = (sound + wrong) >> 1;
    if (wantsMore(text.slice(0, middle))) sound = middle;
    else wrong = middle;
  }
  const before = text.slice(0, sound).split("\n");
  return `line ${linesBefore + before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Whether nothing is wrong with a text but that it ends, if anything is. */
function wantsMore(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /at position (\d{1,15})/.exec(message)?.[1];
    return message.includes("Unexpected end") || Number(position) === text.length;
  }
}
