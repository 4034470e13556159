import { create, type DescField, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { FieldRole, role } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { areaFromGeoJson, type GeoJsonPart, membersOfGeoJson } from "@tessera/geometry/areas/geo-json.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { refusals, VIOLATIONS_MAX } from "@tessera/rpc/refusal.ts";
import { nearestName } from "@tessera/rpc/validation/nearest-name.ts";
import { maxItems } from "@tessera/rpc/validation/sizes.ts";
import { type Fault, HttpRefusal } from "../http-refusal.ts";
import { escapePointer } from "../problems/pointer.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import { otherChosen, setFieldValue } from "./field-value.ts";
import { firstUnreadable, readLeaf } from "./read-leaf.ts";

/**
 * Reads a JSON object into a message and notes everything that is wrong with it, each by its JSON pointer.
 *
 * It differs from fromJson of protobuf-es in three ways: it names the path of every fault and not of the first, it
 * reads areas as GeoJSON, and it takes no value that does not fit its type exactly.
 */
export function readMessage(
  desc: DescMessage,
  message: Message,
  json: unknown,
  pointer: string,
  faults: Fault[],
): void {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    faults.push(fault(pointer, "must be an object", "field.type"));
    return;
  }
  const fields = fieldsByName(desc);
  const seen = new Set<DescField>();
  for (const [name, value] of Object.entries(json)) {
    // At most this many are reported; an object of a million unknown names takes no longer.
    if (faults.length >= VIOLATIONS_MAX) return;
    const at = `${pointer}/${escapePointer(name)}`;
    const field = fields.get(name);
    if (field === undefined)
      faults.push(fault(at, `is not a field here${hintOf(name, desc)}`, "field.unknown"));
    else if (seen.has(field) || otherChosen(message, field)) {
      faults.push(fault(at, "is given a second time, under another name", "field.twice"));
    } else {
      seen.add(field);
      readField(desc, message, field, value, at, faults);
    }
  }
}

/** The name that was meant, perhaps. */
export function hintOf(name: string, desc: DescMessage): string {
  const near = nearestName(
    name,
    [...fieldsByName(desc).values()].map((it) => it.name),
  );
  return near === undefined ? "" : `: do you mean "${near}"?`;
}

/** Reads a JSON value into one field of a message. `null` leaves the field unset. */
export function readField(
  desc: DescMessage,
  message: Message,
  field: DescField,
  json: unknown,
  pointer: string,
  faults: Fault[],
): void {
  const below = messageOf(field);
  if (json === null && below?.typeName !== "google.protobuf.Value") return;
  if (below === undefined || isLeaf(below) || field.fieldKind === "map") {
    if (Array.isArray(json)) refuseTooLong(field, json.length, pointer);
    const expected = readLeaf(desc, message, field, json);
    if (expected === undefined) return;
    const index = field.fieldKind === "list" && Array.isArray(json) ? firstUnreadable(desc, field, json) : -1;
    faults.push(fault(index === -1 ? pointer : `${pointer}/${index}`, expected, "field.type"));
  } else if (field.fieldKind === "list") {
    const elements: Message[] = [];
    for (const { value, path } of elementsOf(field, json, pointer, faults)) {
      elements.push(readBelow(field, below, value, `${pointer}${path}`, faults));
      // At most this many are reported; a list of millions of wrong values takes no longer.
      if (faults.length >= VIOLATIONS_MAX) break;
    }
    setFieldValue(message, field, elements);
  } else {
    setFieldValue(message, field, readBelow(field, below, json, pointer, faults));
  }
}

/** The elements that JSON gives a list. One of areas may be a GeoJSON collection, with an area for each member. */
function* elementsOf(
  field: DescField,
  json: unknown,
  pointer: string,
  faults: Fault[],
): Generator<GeoJsonPart> {
  if (Array.isArray(json)) {
    refuseTooLong(field, json.length, pointer);
    for (let at = 0; at < json.length; at++) yield { value: json[at], path: `/${at}` };
    return;
  }
  const members = isGeometry(field) ? readMembers(json, pointer, faults) : undefined;
  if (members !== undefined) {
    refuseTooLong(field, members.length, pointer);
    yield* members;
  } else faults.push(fault(pointer, `must be ${isGeometry(field) ? LIST_OF_AREAS : "a list"}`, "field.type"));
}

/** A list for which the contract names no limit is filled by services, and not by clients. */
const UNLIMITED_MAX = 10_000;
const refuseRpc = refusals(ReasonSchema);

/** The size of a list comes first: none of its elements is looked at. */
function refuseTooLong(field: DescField, length: number, pointer: string): void {
  const max = field.fieldKind === "list" ? (maxItems(field) ?? UNLIMITED_MAX) : Number.POSITIVE_INFINITY;
  if (length <= max) return;
  const detail = `must contain no more than ${max} item(s)`;
  const refusal = refuseRpc(Reason.FIELD_INVALID, { detail: `${pointer}: ${detail}` });
  throw new HttpRefusal(refusal, [fault(pointer, detail, "repeated.max_items")]);
}

const LIST_OF_AREAS = "a list of areas, a FeatureCollection or a GeometryCollection";

function readMembers(json: unknown, pointer: string, faults: Fault[]): GeoJsonPart[] | undefined {
  try {
    return membersOfGeoJson(json);
  } catch (error) {
    faults.push(geometryFault(error, pointer));
    return [];
  }
}

function readBelow(
  field: DescField,
  desc: DescMessage,
  json: unknown,
  pointer: string,
  faults: Fault[],
): Message {
  if (isGeometry(field)) return readArea(json, pointer, faults);
  const message = create(desc);
  readMessage(desc, message, json, pointer, faults);
  return message;
}

function readArea(json: unknown, pointer: string, faults: Fault[]): Message {
  try {
    return areaFromGeoJson(json);
  } catch (error) {
    faults.push(geometryFault(error, pointer));
    return create(MultiPolygonSchema);
  }
}

function geometryFault(error: unknown, pointer: string): Fault {
  if (!(error instanceof GeometryFault)) throw error;
  return fault(`${pointer}${error.path}`, error.message, error.rule);
}

/** What only gateways ask for. */
const FOR_GATEWAYS = new Set<FieldRole>([
  FieldRole.WANTS_DOCUMENT,
  FieldRole.WITHOUT_EVENTS,
  FieldRole.PUBLIC_URL,
]);
const names = new WeakMap<DescMessage, Map<string, DescField>>();

/** The fields of a message that a caller may set, by their names in the contract and by their names in lowerCamelCase. */
export function fieldsByName(desc: DescMessage): Map<string, DescField> {
  let fields = names.get(desc);
  if (fields === undefined) {
    const ownFields = desc.fields.filter((it) => !FOR_GATEWAYS.has(getOption(it, role)));
    fields = new Map(ownFields.flatMap((it) => [[it.jsonName, it] as const, [it.name, it] as const]));
    names.set(desc, fields);
  }
  return fields;
}

/** Whether a message is one value in JSON: a time, a wrapper, a struct. */
export function isLeaf(desc: DescMessage): boolean {
  return desc.typeName.startsWith("google.protobuf.") && desc.typeName !== "google.protobuf.Empty";
}

function fault(name: string, detail: string, rule: string): Fault {
  return { in: "body", name, detail, rule };
}
