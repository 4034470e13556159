import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { FieldRules } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { ignoresZero, keywordsOf, notAmong, pathsOfMask, type Schema, wholePattern } from "./field-rules.ts";

const WHOLE: Schema = { type: "integer", format: "int32" };
const NATURAL: Schema = { type: "integer", format: "int64", minimum: 0, maximum: 4_294_967_295 };

/** The schema of one value of a scalar field. */
export function scalarSchema(scalar: ScalarType, rules: FieldRules | undefined): Schema {
  const keywords = keywordsOf(rules);
  switch (scalar) {
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.STRING:
      return orZero({ type: "string", ...keywords }, rules, "");
    case ScalarType.BYTES:
      return { type: "string", contentEncoding: "base64" };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: "number", format: scalar === ScalarType.DOUBLE ? "double" : "float", ...keywords };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { ...NATURAL, ...keywords };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return orZero({ ...WHOLE, ...keywords }, rules, 0);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: "string", format: "uint64", pattern: wholePattern(rules, false) };
    default:
      return orZero({ type: "string", format: "int64", pattern: wholePattern(rules, true) }, rules, "0");
  }
}

/** A rule that a value of nothing need not keep. */
function orZero(schema: Schema, rules: FieldRules | undefined, zero: unknown): Schema {
  return ignoresZero(rules) ? { anyOf: [{ const: zero }, schema] } : schema;
}

/** The names of an enum's values, but for those that a field may not have. */
export function enumSchema(desc: DescEnum, rules: FieldRules | undefined): Schema {
  const without = notAmong(rules);
  const names = desc.values.filter(({ number }) => !without.includes(number)).map(({ name }) => name);
  return { type: "string", enum: names };
}

const WELL_KNOWN: Record<string, Schema> = {
  Timestamp: { type: "string", format: "date-time" },
  Duration: { type: "string", pattern: "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$" },
  Struct: { type: "object", additionalProperties: true },
  Value: {},
  ListValue: { type: "array", items: {} },
  StringValue: { type: "string" },
  BoolValue: { type: "boolean" },
  DoubleValue: { type: "number" },
  FloatValue: { type: "number" },
  Int32Value: WHOLE,
  UInt32Value: NATURAL,
  Int64Value: { type: "string", format: "int64", pattern: wholePattern(undefined, true) },
  UInt64Value: { type: "string", format: "uint64", pattern: wholePattern(undefined, false) },
  BytesValue: { type: "string", contentEncoding: "base64" },
  Any: { type: "object", additionalProperties: true },
};

/** The schema of a well-known message that is one value in JSON. */
export function wellKnownSchema(desc: DescMessage, field: DescField): Schema {
  if (desc.name !== "FieldMask") return { ...(WELL_KNOWN[desc.name] ?? {}) };
  const paths = pathsOfMask(field);
  return paths.length === 0
    ? { type: "string", description: "Names of fields, with commas between them." }
    : { type: "array", items: { type: "string", enum: paths }, uniqueItems: true };
}
