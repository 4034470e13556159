import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import type { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { placesIn, readerOf } from "../documents/wire-json.ts";
import type { WireReader } from "../documents/wire-reader.ts";
import { isLeaf } from "../requests/read-message.ts";
import { messageOf } from "../routes/geometry-field.ts";

/** The fields that lead to one in a message, or in a message in it. */
export type FieldPath = readonly DescField[];

/** The messages that lie in single fields of a message. */
function below(desc: DescMessage): { field: DescField; desc: DescMessage }[] {
  return desc.fields.flatMap((field) => {
    const message = messageOf(field);
    return field.fieldKind === "message" && message && !isLeaf(message) ? [{ field, desc: message }] : [];
  });
}

/** All fields of a message and of the messages in its single fields. */
export function pathsIn(desc: DescMessage): FieldPath[] {
  const deeper = below(desc).flatMap((it) => it.desc.fields.map((field) => [it.field, field]));
  return [...desc.fields.map((field) => [field]), ...deeper];
}

/** The field with a role, in a message or in a message in it. */
export function pathWithRole(desc: DescMessage, role: FieldRole): FieldPath | undefined {
  const own = fieldWithRole(desc, role);
  if (own !== undefined) return [own];
  for (const it of below(desc)) {
    const field = fieldWithRole(it.desc, role);
    if (field !== undefined) return [it.field, field];
  }
  return undefined;
}

/** The whole number to which a path leads; undefined where there is none. Nothing else of the message is read. */
export function numberIn(message: Message, path: FieldPath): number | undefined {
  const [outer, inner] = path as [DescField, DescField?];
  const reader = readerOf(outer.parent, message);
  if (inner === undefined) return lastNumber(reader, reader.bytes.length, outer);
  const [start, end] = placesIn(reader, reader.bytes.length, outer).at(-1) ?? [];
  if (start === undefined || end === undefined) return undefined;
  reader.at = start;
  return lastNumber(reader, end, inner);
}

function lastNumber(reader: WireReader, end: number, { number }: DescField): number | undefined {
  let found: number | undefined;
  while (reader.at < end) {
    const tag = reader.number();
    reader.skip(tag & 7);
    if (tag >>> 3 === number) found = reader.low >>> 0;
  }
  return found;
}
