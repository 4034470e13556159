import { type DescField, type DescMessage, getOption, type Message, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { field as fieldOption } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { type FieldViolation, VIOLATIONS_MAX } from "../refusal.ts";

/** A message has at most this many fields and elements on the wire, lists of numbers aside. */
const FIELDS_MAX = 500_000;
/** A list of numbers for which the contract names no limit has at most this many elements: coordinates of an area. */
const NUMBERS_MAX = 1_000_000;
/** Messages nest at most this deep. */
const DEPTH_MAX = 100;
/** A message of fewer bytes than this is cheap to decode, whatever it says. */
const SMALL_BYTES = 4_096;

/** A list or a map of a message, and what lies below the fields of it. */
interface Sized {
  field: DescField;
  max: number;
  rule: "repeated.max_items" | "map.max_pairs";
  /** Of a list of messages that have lists themselves: what they are. */
  below: DescMessage | undefined;
}

/** What has a size, or leads to something that has one. */
interface Plan {
  lists: Sized[];
  messages: { field: DescField; below: DescMessage }[];
}

const plans = new Map<DescMessage, Plan>();

/**
 * The lists and maps of a message, nested ones too, that are longer than the contract allows; none of their elements is
 * looked at. At most VIOLATIONS_MAX.
 */
export function tooLong(desc: DescMessage, message: Message): FieldViolation[] {
  const found: FieldViolation[] = [];
  look(desc, message, "", found);
  return found;
}

function look(desc: DescMessage, message: Message, path: string, found: FieldViolation[]): void {
  const values = message as unknown as Record<string, unknown>;
  const { lists, messages } = planOf(desc);
  for (const sized of lists) {
    const value = values[sized.field.localName] as Message[] | Record<string, unknown>;
    const fieldPath = path + sized.field.name;
    const isList = Array.isArray(value);
    if ((isList ? value : Object.keys(value)).length > sized.max) found.push(violation(fieldPath, sized));
    else if (isList && sized.below !== undefined) {
      for (let at = 0; at < value.length && found.length < VIOLATIONS_MAX; at++)
        look(sized.below, value[at] as Message, `${fieldPath}[${at}].`, found);
    }
    if (found.length >= VIOLATIONS_MAX) return;
  }
  for (const { field, below } of messages) {
    const value = messageIn(values, field);
    if (value !== undefined) look(below, value, `${path}${field.name}.`, found);
  }
}

function messageIn(values: Record<string, unknown>, { oneof, localName }: DescField): Message | undefined {
  if (oneof === undefined) return values[localName] as Message | undefined;
  const chosen = values[oneof.localName] as { case?: string; value?: unknown };
  return chosen.case === localName ? (chosen.value as Message) : undefined;
}

/**
 * As `tooLong`, for a message on the wire: what is too long is refused before it is built. Throws where the bytes are no
 * message, or have more fields than any request of ours.
 */
export function tooLongOnWire(desc: DescMessage, bytes: Uint8Array): FieldViolation[] {
  if (bytes.length < SMALL_BYTES) return [];
  const found: FieldViolation[] = [];
  count(desc, bytes, { path: "", depth: 0 }, { fields: 0 }, found);
  return found;
}

interface Level {
  path: string;
  depth: number;
}

function count(
  desc: DescMessage,
  bytes: Uint8Array,
  { path, depth }: Level,
  total: { fields: number },
  found: FieldViolation[],
): void {
  if (depth > DEPTH_MAX) throw new Error("nested too deep");
  const reader = new BinaryReader(bytes);
  const counts = new Map<Sized, number>();
  const { lists, messages } = planOf(desc);
  while (reader.pos < reader.len && found.length < VIOLATIONS_MAX) {
    const [number, wireType] = reader.tag();
    if (++total.fields > FIELDS_MAX) throw new Error("too many fields");
    const list = lists.find(({ field }) => field.number === number);
    const one = messages.find(({ field }) => field.number === number);
    if (wireType !== WireType.LengthDelimited || (list ?? one) === undefined) {
      reader.skip(wireType, number);
      if (list === undefined) continue;
    }
    const part = wireType === WireType.LengthDelimited ? reader.bytes() : undefined;
    if (list === undefined) {
      const { below, field } = one as Plan["messages"][number];
      count(below, part as Uint8Array, { path: `${path}${field.name}.`, depth: depth + 1 }, total, found);
      continue;
    }
    const before = counts.get(list) ?? 0;
    const now = before + (part === undefined ? 1 : elementsIn(list.field, part));
    counts.set(list, now);
    if (now > list.max) {
      if (before <= list.max) found.push(violation(path + list.field.name, list));
    } else if (list.below !== undefined && part !== undefined) {
      const nested = { path: `${path}${list.field.name}[${before}].`, depth: depth + 1 };
      count(list.below, part, nested, total, found);
    }
  }
}

/** How many elements one record of a list has: a packed list of numbers has as many as it holds, all else is one. */
function elementsIn(field: DescField, part: Uint8Array): number {
  if (field.fieldKind !== "list" || field.listKind === "message") return 1;
  if (field.listKind === "enum") return varintsIn(part);
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return 1;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return Math.ceil(part.length / 8);
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return Math.ceil(part.length / 4);
    default:
      return varintsIn(part);
  }
}

/** The last byte of each has its highest bit clear. */
function varintsIn(part: Uint8Array): number {
  let found = 0;
  for (const byte of part) if (byte < 0x80) found++;
  return found;
}

function planOf(desc: DescMessage): Plan {
  let plan = plans.get(desc);
  if (plan === undefined) {
    plan = { lists: [], messages: [] };
    for (const field of desc.fields) {
      if (field.fieldKind === "list" || field.fieldKind === "map") plan.lists.push(sizedOf(field));
      else if (field.fieldKind === "message" && hasLists(field.message))
        plan.messages.push({ field, below: field.message });
    }
    plans.set(desc, plan);
  }
  return plan;
}

/** Whether a message has lists or maps, however deep. */
function hasLists(desc: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(desc)) return false;
  seen.add(desc);
  return desc.fields.some(
    (field) =>
      field.fieldKind === "list" ||
      field.fieldKind === "map" ||
      (field.fieldKind === "message" && hasLists(field.message, seen)),
  );
}

/** How many elements the contract allows a list or map; undefined where it names no limit. */
export function maxItems(field: DescField): number | undefined {
  const { type } = getOption(field, fieldOption);
  if (type.case === "repeated") return Number(type.value.maxItems) || undefined;
  return type.case === "map" ? Number(type.value.maxPairs) || undefined : undefined;
}

function sizedOf(field: DescField & { fieldKind: "list" | "map" }): Sized {
  const isNumbers = field.fieldKind === "list" && field.listKind === "scalar" && !isText(field.scalar);
  return {
    field,
    max: maxItems(field) ?? (isNumbers ? NUMBERS_MAX : FIELDS_MAX),
    rule: field.fieldKind === "map" ? "map.max_pairs" : "repeated.max_items",
    // The entry of a map is described by no message: its number is all that is bounded.
    below:
      field.fieldKind === "list" && field.listKind === "message" && hasLists(field.message)
        ? field.message
        : undefined,
  };
}

function isText(scalar: ScalarType): boolean {
  return scalar === ScalarType.STRING || scalar === ScalarType.BYTES;
}

function violation(field: string, { max, rule }: Sized): FieldViolation {
  const noun = rule === "map.max_pairs" ? "entries" : "item(s)";
  return { field, description: `must contain no more than ${max} ${noun}`, rule };
}
