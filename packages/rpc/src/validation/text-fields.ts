import { type DescField, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { field as fieldOption } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { TextKind, text as textOption } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { type FieldViolation, VIOLATIONS_MAX } from "../refusal.ts";
import { readText } from "./text.ts";

/**
 * The normal form is shorter than what was sent by this factor at most: of α and three marks it makes ᾅ. A text that
 * is longer than its field allows even so is not looked at: the rule of its length refuses it.
 */
const SHORTENED_MAX = 4;

/** The texts of a message, and the messages below it that have some. */
interface Plan {
  texts: { field: DescField; kind: TextKind; longest: number }[];
  messages: { field: DescField; below: DescMessage }[];
}

const plans = new Map<DescMessage, Plan>();

type Values = Record<string, unknown>;

/**
 * Brings the texts of a message, nested ones too, into the form in which they are kept. Returns what they break of the rules
 * of `TextKind`; at most VIOLATIONS_MAX.
 */
export function readTexts(desc: DescMessage, message: Message): FieldViolation[] {
  const found: FieldViolation[] = [];
  read(desc, message, "", found);
  return found;
}

function read(desc: DescMessage, message: Message, path: string, found: FieldViolation[]): void {
  const { texts, messages } = planOf(desc);
  for (const { field, kind, longest } of texts) {
    replaceEach(message, field, path, (sent: string, fieldPath) => {
      if (sent.length > longest) return sent;
      const it = readText(kind, sent);
      if (it.fault === undefined) return it.text;
      if (found.length < VIOLATIONS_MAX) found.push({ field: fieldPath, ...it.fault });
      return sent;
    });
  }
  for (const { field, below } of messages) {
    replaceEach(message, field, path, (value: Message, fieldPath) => {
      read(below, value, `${fieldPath}.`, found);
      return value;
    });
  }
}

/** Replaces the value of a field, or each element of a list, by what `change` makes of it. */
function replaceEach<T>(
  message: Message,
  field: DescField,
  path: string,
  change: (value: T, fieldPath: string) => T,
): void {
  const values = message as unknown as Values;
  const holder = field.oneof === undefined ? values : (values[field.oneof.localName] as Values);
  if (field.oneof !== undefined && holder.case !== field.localName) return;
  const key = field.oneof === undefined ? field.localName : "value";
  const fieldPath = path + field.name;
  const value = holder[key];
  if (Array.isArray(value))
    for (const [at, it] of value.entries()) value[at] = change(it, `${fieldPath}[${at}]`);
  else if (value !== undefined && value !== "") holder[key] = change(value as T, fieldPath);
}

function planOf(desc: DescMessage): Plan {
  let plan = plans.get(desc);
  if (plan === undefined) {
    plan = { texts: [], messages: [] };
    for (const field of desc.fields) {
      const kind = getOption(field, textOption);
      if (kind !== TextKind.UNSPECIFIED)
        plan.texts.push({ field, kind, longest: SHORTENED_MAX * maxLength(field) });
      else if (field.message !== undefined && field.fieldKind !== "map" && hasTexts(field.message))
        plan.messages.push({ field, below: field.message });
    }
    plans.set(desc, plan);
  }
  return plan;
}

/** How many characters the contract allows a text, or each of a list. */
export function maxLength(field: DescField): number {
  const { type } = getOption(field, fieldOption);
  const rules = type.case === "repeated" ? type.value.items?.type : type;
  return rules?.case === "string" ? Number(rules.value.maxLen) : 0;
}

/** Whether a message has texts, however deep. */
function hasTexts(desc: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(desc)) return false;
  seen.add(desc);
  return desc.fields.some(
    (field) =>
      getOption(field, textOption) !== TextKind.UNSPECIFIED ||
      (field.message !== undefined && field.fieldKind !== "map" && hasTexts(field.message, seen)),
  );
}
