import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaFromGeoJson, membersOfGeoJson } from "@tessera/geometry/areas/geo-json.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import { ruleText } from "../texts/area-rules.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";

/** A file of task areas is one message, so it is read whole. */
const FILE_MAX_BYTES = 8_388_608;
const MEGABYTE = 1_048_576;

/** Reads the areas of a GeoJSON file: each feature is one task. Refuses at the field of the file. */
export function givenAreas(visit: Visit, text: string): MultiPolygon[] {
  const { language } = visit;
  const t = MAKING_TEXTS(language).area;
  const document = parsed(text, ruleText(language, "json-malformed") ?? t.notJson);
  try {
    const members = membersOfGeoJson(document) ?? [{ value: document, path: "" }];
    return members.map(({ value }) => areaFromGeoJson(value));
  } catch (error) {
    if (!(error instanceof GeometryFault)) throw error;
    throw fieldRefusal("file", `${ruleText(language, error.rule) ?? error.message} (${error.path})`);
  }
}

/** Reads the file of a form as text, up to what one message carries. Refuses at the field of the file. */
export async function readTextFile({ form, language }: Visit): Promise<string> {
  const t = MAKING_TEXTS(language).area;
  if (form.file === undefined) throw fieldRefusal("file", t.noFile);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of form.file.parts) {
    size += part.length;
    if (size > FILE_MAX_BYTES) throw fieldRefusal("file", t.tooLarge(String(FILE_MAX_BYTES / MEGABYTE)));
    parts.push(part);
  }
  return Buffer.concat(parts)
    .toString()
    .replace(/^\ufeff/, "");
}

function parsed(text: string, fault: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fieldRefusal("file", fault);
  }
}
