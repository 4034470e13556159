import { type DescField, type DescMessage, getOption, type Message, toJson } from "@bufbuild/protobuf";
import type { MultiPolygon, Point } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { FieldRole, role } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { areaToGeoJsonText } from "@tessera/geometry/areas/geo-json.ts";
import { fieldValue } from "../requests/field-value.ts";
import {
  featureGeometry,
  featurePoint,
  holdsGeometry,
  isGeometry,
  messageOf,
} from "../routes/geometry-field.ts";
import type { Shown } from "../routes/route.ts";
import { leaveOut, leftOutOf } from "./left-out.ts";

/** Fields without a value are shown, so that a document always has the same shape. */
export const JSON_OPTIONS = { useProtoFieldName: true, alwaysEmitImplicit: true };

/** Shows a message as JSON text, with areas as GeoJSON and without the fields that it does not carry in `holder`. */
export function documentText(desc: DescMessage, message: Message, holder?: DescField): string {
  const json = plainJson(desc, message, holder);
  return holdsGeometry(desc) ? splice(json, areaMembers(desc, message, holder)) : JSON.stringify(json);
}

/** Shows what a route shows of a response. */
export function shownText({ desc, field, list }: Shown, response: Message): string {
  const value = field === undefined ? response : fieldValue(response, field);
  if (list) return `[${(value as Message[]).map((it) => documentText(desc, it, field)).join(",")}]`;
  return value === undefined ? "null" : documentText(desc, value as Message, field);
}

/** Shows a list as a GeoJSON FeatureCollection, whatever else the response says beside its features. */
export function collectionText(desc: DescMessage, rows: DescField, response: Message): string {
  const features = fieldValue(response, rows) as Message[];
  const shown = features.map((it) => featureText(messageOf(rows) as DescMessage, it, rows)).join(",\n");
  const rest = toJson(desc, { ...response, [rows.localName]: [] } as Message, JSON_OPTIONS);
  delete (rest as Record<string, unknown>)[rows.name];
  leaveOut(desc, rest as Record<string, unknown>);
  return splice({ type: "FeatureCollection", ...(rest as object) }, [["features", `[${shown}]`]]);
}

/** Shows a message that has a geometry as a GeoJSON Feature, all other fields that it carries as properties. */
export function featureText(desc: DescMessage, message: Message, holder?: DescField): string {
  const geometry = featureGeometry(desc) as DescField;
  const area = fieldValue(message, geometry) as MultiPolygon | undefined;
  const point = featurePoint(desc);
  const properties = plainJson(desc, message, holder);
  const idField = withRole(desc, FieldRole.FEATURE_ID);
  const id = idField && properties[idField.name];
  const start = id === undefined ? '{"type":"Feature"' : `{"type":"Feature","id":${JSON.stringify(id)}`;
  const shape = area === undefined ? pointText(point && fieldValue(message, point)) : areaToGeoJsonText(area);
  const members = areaMembers(desc, message, holder).filter(([name]) => name !== geometry.name);
  return `${start},"geometry":${shape},"properties":${splice(properties, members)}}`;
}

function pointText(point: unknown): string {
  if (point === undefined) return "null";
  const { longitude, latitude } = point as Point;
  return JSON.stringify({ type: "Point", coordinates: [longitude, latitude] });
}

/** The revision that a document says of itself, if it does. */
export function revisionOf(desc: DescMessage, message: Message): bigint | undefined {
  const field = withRole(desc, FieldRole.REVISION);
  return field && (fieldValue(message, field) as bigint);
}

/** Some fields of a message as JSON, by name. */
export function fieldsJson(
  desc: DescMessage,
  message: Message,
  wanted: readonly DescField[],
): Record<string, unknown> {
  const all = toJson(desc, message, JSON_OPTIONS) as Record<string, unknown>;
  return Object.fromEntries(wanted.flatMap(({ name }) => (name in all ? [[name, all[name]]] : [])));
}

/** A message as JSON without the fields that hold areas: these are written as text, which is much quicker. */
function plainJson(desc: DescMessage, message: Message, holder?: DescField): Record<string, unknown> {
  const without: Record<string, unknown> = { ...message };
  const fields = areaFields(desc);
  for (const field of fields) {
    if (field.oneof !== undefined) without[field.oneof.localName] = { case: undefined };
    else without[field.localName] = field.fieldKind === "list" ? [] : undefined;
  }
  const json = toJson(desc, without as unknown as Message, JSON_OPTIONS) as Record<string, unknown>;
  for (const field of fields) delete json[field.name];
  for (const name of holder ? leftOutOf(holder) : []) delete json[name];
  leaveOut(desc, json);
  return json;
}

type Member = readonly [name: string, text: string];

function areaMembers(desc: DescMessage, message: Message, holder?: DescField): Member[] {
  return areaFields(desc).flatMap((field) => {
    const value = fieldValue(message, field);
    if (value === undefined || (holder && leftOutOf(holder).includes(field.name))) return [];
    const below = messageOf(field) as DescMessage;
    const text = (it: unknown) =>
      isGeometry(field) ? areaToGeoJsonText(it as MultiPolygon) : documentText(below, it as Message, field);
    return [[field.name, Array.isArray(value) ? `[${value.map(text).join(",")}]` : text(value)] as const];
  });
}

function splice(json: Record<string, unknown>, members: readonly Member[]): string {
  const text = JSON.stringify(json);
  if (members.length === 0) return text;
  const more = members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",");
  return text === "{}" ? `{${more}}` : `${text.slice(0, -1)},${more}}`;
}

const areas = new WeakMap<DescMessage, DescField[]>();

function areaFields(desc: DescMessage): DescField[] {
  let fields = areas.get(desc);
  if (fields === undefined) {
    fields = desc.fields.filter((field) => {
      const below = messageOf(field);
      return below !== undefined && (isGeometry(field) || holdsGeometry(below));
    });
    if (fields.some((it) => it.fieldKind === "map")) throw new Error(`${desc.typeName} has areas in a map`);
    areas.set(desc, fields);
  }
  return fields;
}

const roles = new WeakMap<DescMessage, Map<FieldRole, DescField>>();

function withRole(desc: DescMessage, wanted: FieldRole): DescField | undefined {
  let fields = roles.get(desc);
  if (fields === undefined) {
    fields = new Map(desc.fields.map((it) => [getOption(it, role), it]));
    roles.set(desc, fields);
  }
  return fields.get(wanted);
}
