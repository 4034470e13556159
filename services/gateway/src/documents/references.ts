import { type DescField, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { refers_to as refersTo } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldValue } from "../requests/field-value.ts";
import { messageOf } from "../routes/geometry-field.ts";

/** An id as it stands in a message. */
export type Id = number | bigint;

/** What the fields of a message refer to, and which of them lead to messages that refer to something. */
interface Referring {
  ids: readonly (readonly [field: DescField, kind: string])[];
  below: readonly DescField[];
}

const known = new Map<DescMessage, Referring>();

/** The kinds of things to which a message refers, however deep. */
export function kindsIn(desc: DescMessage, seen = new Set<DescMessage>()): Set<string> {
  if (seen.has(desc)) return new Set();
  seen.add(desc);
  const below = desc.fields.flatMap((field) => {
    const message = messageOf(field);
    return message === undefined ? kindOf(field) : [...kindsIn(message, seen)];
  });
  return new Set(below);
}

/**
 * Collects the ids in a message to which its fields refer, by kind, in the order in which they stand there: of the wanted
 * kinds, until there are `most` together. Returns whether all are collected.
 */
export function collectIds(
  desc: DescMessage,
  message: Message,
  wanted: ReadonlyMap<string, Set<Id>>,
  most: number,
): boolean {
  const { ids, below } = referringOf(desc);
  for (const [field, kind] of ids) {
    const found = wanted.get(kind);
    if (found === undefined) continue;
    for (const id of valuesOf(message, field) as Id[]) {
      if (found.has(id)) continue;
      if (countOf(wanted) >= most) return false;
      found.add(id);
    }
  }
  return below.every((field) =>
    valuesOf(message, field).every((it) =>
      collectIds(messageOf(field) as DescMessage, it as Message, wanted, most),
    ),
  );
}

function countOf(wanted: ReadonlyMap<string, Set<Id>>): number {
  let count = 0;
  for (const ids of wanted.values()) count += ids.size;
  return count;
}

/** The values of a field; none where it is absent, and none where it is an id that names nothing. */
function valuesOf(message: Message, field: DescField): unknown[] {
  const value = fieldValue(message, field);
  if (field.fieldKind === "map") return Object.values(value as object);
  const values = field.fieldKind === "list" ? (value as unknown[]) : [value];
  return values.filter((it) => it !== undefined && it !== 0 && it !== 0n);
}

/** Looked up once: options are kept in binary. */
function referringOf(desc: DescMessage): Referring {
  let found = known.get(desc);
  if (found === undefined) {
    found = {
      ids: desc.fields.flatMap((field) => kindOf(field).map((kind) => [field, kind] as const)),
      below: desc.fields.filter((field) => {
        const message = messageOf(field);
        return message !== undefined && kindsIn(message).size > 0;
      }),
    };
    known.set(desc, found);
  }
  return found;
}

function kindOf(field: DescField): string[] {
  const kind = getOption(field, refersTo);
  return kind === "" ? [] : [kind];
}
