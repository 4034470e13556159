import { readGeoJson } from "@tessera/geometry/areas/geo-json.ts";
import { FileFault } from "./file-fault.ts";
import type { FileReading } from "./file-reading.ts";
import { type Bytes, wholeText } from "./text.ts";

/** Reads the polygons of a GeoJSON document. */
export async function readGeoJsonFile(reading: FileReading, bytes: Bytes): Promise<void> {
  readGeoJson(reading, parsed(await wholeText(bytes)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (isSequence(text)) throw new FileFault("json-sequence");
    throw new FileFault("json-malformed", text.length > SEARCHED_MAX_LENGTH ? "" : placeIn(text));
  }
}

/** Whether each line is a text of its own, which the first line tells. */
function isSequence(text: string): boolean {
  const end = text.search(/[\r\n]/);
  if (end < 0 || text.slice(end).trim() === "") return false;
  try {
    return typeof JSON.parse(text.slice(0, end)) === "object";
  } catch {
    return false;
  }
}

/** In a longer text the place of an error is not looked for: that takes twenty times as long as to parse it. */
const SEARCHED_MAX_LENGTH = 4_000_000;

/** The place that the parser stopped at, which it does not always tell: no shorter text is wrong but for its end. */
function placeIn(text: string): string {
  let [sound, wrong] = [0, text.length + 1];
  while (wrong - sound > 1) {
    const middle = (sound + wrong) >> 1;
    if (wantsMore(text.slice(0, middle))) sound = middle;
    else wrong = middle;
  }
  const before = text.slice(0, sound).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
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
