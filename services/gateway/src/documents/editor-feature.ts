import { type DescField, type DescMessage, fromBinary, getOption } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { editor_tag, FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { featureCoordinates, featureGeometry, featurePoint } from "../routes/geometry-field.ts";
import type { Chosen } from "./document.ts";
import { featureFields, featureId } from "./feature.ts";
import { leftOutOf } from "./left-out.ts";
import { compileReader, type WriteMessage } from "./wire-json.ts";
import type { WireReader } from "./wire-reader.ts";

/** A document as editors of OpenStreetMap and apps for the field see it. */
export interface EditorFeature {
  /** What kind of document it is: "Task". */
  kind: string;
  /** Its id; "" if it has none. */
  id: string;
  /** What it is called: by people, or else by its kind and id. */
  title: string;
  /** "" if there is none. */
  summary: string;
  /** Keys and values. */
  tags: readonly (readonly [key: string, value: string])[];
  area: MultiPolygon | undefined;
  point: { longitude: number; latitude: number } | undefined;
}

/** Reads a message that begins here and ends at `end`. */
export type ReadEditorFeature = (reader: WireReader, end: number) => EditorFeature;

/** What of a kind of message editors see. Looked up once: options are kept in binary. */
interface Marks {
  title: DescField | undefined;
  summary: DescField | undefined;
  id: DescField | undefined;
  geometry: DescField | undefined;
  point: DescField | undefined;
  degrees: readonly [longitude: DescField, latitude: DescField] | undefined;
  tagged: readonly (readonly [field: DescField, key: string])[];
}

const known = new Map<DescMessage, Marks>();

function marksOf(desc: DescMessage): Marks {
  let marks = known.get(desc);
  if (marks === undefined) {
    marks = {
      title: fieldWithRole(desc, FieldRole.TITLE),
      summary: fieldWithRole(desc, FieldRole.SUMMARY),
      id: featureId(desc),
      geometry: featureGeometry(desc),
      point: featurePoint(desc),
      degrees: featureCoordinates(desc),
      tagged: desc.fields
        .map((it) => [it, getOption(it, editor_tag)] as const)
        .filter(([, key]) => key !== ""),
    };
    known.set(desc, marks);
  }
  return marks;
}

/** The fields that editors see, by name: of those with a tag only the chosen ones. */
export function editorFields(desc: DescMessage, holder?: DescField, chosen?: Chosen): string[] {
  const { title, summary, tagged } = marksOf(desc);
  const leftOut = holder ? leftOutOf(holder) : [];
  const tags = tagged.map(([{ name }]) => name).filter((name) => chosen?.has(name) ?? true);
  const texts = [title, summary].flatMap((field) => field?.name ?? []);
  const seen = [...texts, ...tags].filter((name) => chosen?.has(name) || !leftOut.includes(name));
  return [...new Set([...featureFields(desc, holder, chosen), ...seen])];
}

/** Makes the reader of messages that have a geometry, with what they carry in `holder`. */
export function editorFeatureReader(
  desc: DescMessage,
  holder?: DescField,
  chosen?: Chosen,
): ReadEditorFeature {
  const { title, summary, id, geometry, tagged } = marksOf(desc);
  let area: MultiPolygon | undefined;
  const readArea: WriteMessage = (reader, end) => {
    area = fromBinary(MultiPolygonSchema, reader.bytes.subarray(reader.at, end));
    reader.at = end;
    return "";
  };
  const { fields, read } = compileReader(desc, {
    only: new Set(editorFields(desc, holder, chosen)),
    ...(geometry && { within: new Map([[geometry, readArea]]) }),
  });
  const places = new Map(fields.map((field, place) => [field, place]));
  const kind = desc.name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return (reader, end) => {
    area = undefined;
    const texts = read(reader, end);
    const readValue = (field: DescField | undefined) => {
      const text = field && texts[places.get(field) ?? -1];
      return text === undefined ? undefined : JSON.parse(text);
    };
    const textOf = (field: DescField | undefined) => {
      const value = readValue(field);
      return value === undefined ? "" : plain(field as DescField, value);
    };
    return {
      kind,
      id: textOf(id),
      title: textOf(title) || `${kind} ${textOf(id)}`.trim(),
      summary: textOf(summary),
      tags: tagged.map(([field, key]) => [key, textOf(field)] as const).filter(([, value]) => value !== ""),
      area,
      point: pointOf(desc, readValue),
    };
  };
}

function pointOf(
  desc: DescMessage,
  readValue: (field: DescField | undefined) => unknown,
): EditorFeature["point"] {
  const { point, degrees } = marksOf(desc);
  const place = readValue(point) as EditorFeature["point"];
  if (place !== undefined || degrees === undefined) return place;
  const [longitude, latitude] = degrees.map(readValue) as (number | undefined)[];
  return longitude === undefined || latitude === undefined ? undefined : { longitude, latitude };
}

/** A value as text: of an enum its name in lower case, without the prefix that all its values have. */
function plain(field: DescField, value: unknown): string {
  if (Array.isArray(value)) return value.map((it) => plain(field, it)).join(";");
  const text = String(value);
  const prefix = field.enum?.sharedPrefix;
  const lower = text.toLowerCase();
  return prefix !== undefined && lower.startsWith(prefix) ? lower.slice(prefix.length) : text;
}

/** The rings of each polygon of an area: longitude and latitude in turn. */
export function polygonsOf({ coordinates, ringLengths, polygonLengths }: MultiPolygon): number[][][] {
  let ring = 0;
  let at = 0;
  const ringOf = (positions: number) => {
    const start = at;
    at += 2 * positions;
    return coordinates.slice(start, at);
  };
  return polygonLengths.map((rings) => {
    const start = ring;
    ring += rings;
    return ringLengths.slice(start, ring).map(ringOf);
  });
}
