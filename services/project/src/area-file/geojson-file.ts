import { readGeoJson } from "@tessera/geometry/geo-json.ts";
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
    throw new FileFault("json-malformed", placeIn(text, error.message));
  }
}

/** The line that the parser stopped in; the last one where it wanted more. */
function placeIn(text: string, message: string): string {
  const position = /at position (\d{1,15})/.exec(message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  let line = 1;
  let start = 0;
  for (let at = before.indexOf("\n"); at !== -1; at = before.indexOf("\n", start)) {
    line += 1;
    start = at + 1;
  }
  return `line ${line}, column ${before.length - start + 1}`;
}
