import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { fieldValue, setFieldValue } from "../requests/field-value.ts";
import { messageOf } from "../routes/geometry-field.ts";

const DEPTH_MAX = 4;
/** Messages of this seed have every flag. */
const FLAGGED = 7;

/** A message with `seed` in every field. */
export function filled(desc: DescMessage, seed: number, depth = 0): Message {
  const message = create(desc);
  for (const field of desc.fields) {
    if (field.fieldKind === "map" || (field.oneof && fieldValue(message, field) !== undefined)) continue;
    const value = filler(field, seed, depth);
    if (value !== undefined) setFieldValue(message, field, field.fieldKind === "list" ? [value] : value);
  }
  return message;
}

function filler(field: DescField, seed: number, depth: number): unknown {
  const below = messageOf(field);
  if (below !== undefined) {
    const flat = depth >= DEPTH_MAX || below.typeName.startsWith("google.protobuf.Struct");
    return flat || below.typeName.startsWith("tessera.geo.") ? undefined : filled(below, seed, depth + 1);
  }
  if (field.enum !== undefined) return field.enum.values.at(-1)?.number;
  switch (field.scalar) {
    case ScalarType.STRING:
      return `text ${seed}`;
    case ScalarType.BYTES:
      return new Uint8Array([seed]);
    case ScalarType.BOOL:
      return seed === FLAGGED;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
    case ScalarType.INT32:
    case ScalarType.UINT32:
      return seed;
    default:
      return BigInt(seed);
  }
}
