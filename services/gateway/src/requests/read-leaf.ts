import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonValue,
  type Message,
  mergeFromJson,
  ScalarType,
} from "@bufbuild/protobuf";
import { messageOf } from "../routes/geometry-field.ts";
import { DURATION_WORDS, exactTime, isExactDuration, TIME_WORDS } from "./exact-time.ts";
import { setFieldValue } from "./field-value.ts";
import { plainValue } from "./plain-value.ts";

/**
 * Reads a JSON value into a field that has nothing of its own below it: a scalar, an enum, a well-known type, or a
 * list or map of those. Returns what the value should have been, if it is not.
 *
 * protobuf-es does the reading; what it takes and we do not is refused first: "0x7" and "7.0" for a whole number, a
 * number that JSON has rounded already, an enum value without a name, half a surrogate pair, 30 February.
 */
export function readLeaf(
  desc: DescMessage,
  message: Message,
  field: DescField,
  json: unknown,
): string | undefined {
  const plain = plainValue(field, json);
  if (plain !== undefined) {
    setFieldValue(message, field, plain);
    return undefined;
  }
  if (field.fieldKind === "list" && Array.isArray(json)) {
    const index = json.findIndex((it) => objection(field, it));
    if (index !== -1) return expectation(field);
  } else if (objection(field, json)) {
    return expectation(field);
  }
  const exact = withExactTimes(field, json);
  if (exact === undefined) return expectation(field);
  try {
    mergeFromJson(desc, message, { [field.name]: exact as JsonValue });
    return undefined;
  } catch {
    return expectation(field);
  }
}

/** The index of the first element of a list that cannot be read. */
export function firstUnreadable(desc: DescMessage, field: DescField, json: readonly unknown[]): number {
  return json.findIndex((it) => readLeaf(desc, create(desc), field, [it]) !== undefined);
}

const WHOLE = /^(?:0|-?[1-9][0-9]*)$/;
const REAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$|^NaN$|^-?Infinity$/;

function objection(field: DescField, json: unknown): boolean {
  if (typeof json === "string" && !json.isWellFormed()) return true;
  if (field.enum !== undefined) return typeof json === "number" && !isNamed(field.enum, json);
  switch (field.scalar) {
    case undefined:
    case ScalarType.BOOL:
    case ScalarType.BYTES:
    case ScalarType.STRING:
      return false;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return typeof json === "string" && !REAL.test(json);
    default:
      return typeof json === "string"
        ? !WHOLE.test(json)
        : typeof json === "number" && !Number.isSafeInteger(json);
  }
}

/**
 * The JSON of a field with each time in it as protobuf reads it, which takes 30 February for 2 March; undefined where one is
 * none.
 */
export function withExactTimes(field: DescField, json: unknown): unknown {
  const exact = EXACT[messageOf(field)?.typeName ?? ""];
  if (exact === undefined || json === null || json === undefined) return json ?? null;
  if (field.fieldKind === "list" && Array.isArray(json)) return whole(json.map(exact));
  if (field.fieldKind !== "map" || typeof json !== "object") return exact(json);
  const values = Object.values(json).map(exact);
  return whole(values) && Object.fromEntries(Object.keys(json).map((key, at) => [key, values[at]]));
}

function whole(read: unknown[]): unknown[] | undefined {
  return read.includes(undefined) ? undefined : read;
}

const EXACT: Record<string, (json: unknown) => unknown> = {
  "google.protobuf.Timestamp": (json) => (typeof json === "string" ? exactTime(json) : undefined),
  "google.protobuf.Duration": (json) =>
    typeof json === "string" && isExactDuration(json) ? json : undefined,
};

function isNamed(desc: DescEnum, number: number): boolean {
  return desc.value[number] !== undefined;
}

const SCALARS: Record<ScalarType, string> = {
  [ScalarType.DOUBLE]: "a number",
  [ScalarType.FLOAT]: "a number",
  [ScalarType.INT64]: "a whole number of 64 bits, as a string if it is large",
  [ScalarType.UINT64]: "a whole number of 64 bits from 0, as a string if it is large",
  [ScalarType.INT32]: "a whole number of 32 bits",
  [ScalarType.FIXED64]: "a whole number of 64 bits from 0, as a string if it is large",
  [ScalarType.FIXED32]: "a whole number of 32 bits from 0",
  [ScalarType.BOOL]: "true or false",
  [ScalarType.STRING]: "a string of Unicode",
  [ScalarType.BYTES]: "a string in base64",
  [ScalarType.UINT32]: "a whole number of 32 bits from 0",
  [ScalarType.SFIXED32]: "a whole number of 32 bits",
  [ScalarType.SFIXED64]: "a whole number of 64 bits, as a string if it is large",
  [ScalarType.SINT32]: "a whole number of 32 bits",
  [ScalarType.SINT64]: "a whole number of 64 bits, as a string if it is large",
};

const WELL_KNOWN: Record<string, string> = {
  "google.protobuf.Timestamp": TIME_WORDS,
  "google.protobuf.Duration": DURATION_WORDS,
  "google.protobuf.FieldMask": "names of fields in lowerCamelCase, with commas between them",
};

/** Says what a field takes, for people. */
export function expectation(field: DescField): string {
  const each = { list: "a list, each element ", map: "an object, each value " };
  const start = field.fieldKind === "list" || field.fieldKind === "map" ? each[field.fieldKind] : "";
  return `must be ${start}${single(field)}`;
}

function single(field: DescField): string {
  if (field.enum !== undefined) return `one of ${field.enum.values.map((it) => it.name).join(", ")}`;
  if (field.scalar !== undefined) return SCALARS[field.scalar];
  const typeName = field.message?.typeName ?? "";
  return WELL_KNOWN[typeName] ?? `the JSON of ${typeName}`;
}
