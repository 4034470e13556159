import { create, type DescField, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { bytesOf } from "../codec.ts";
import { type FieldViolation, VIOLATIONS_MAX } from "../refusal.ts";
import { fieldWithRole } from "../request-id.ts";
import { nearestName } from "./nearest-name.ts";

/** Longer names are cut. */
const SHOWN_LENGTH = 100;

interface Choice {
  /** In the request: the names. */
  field: DescField;
  /** In the response: the rows. */
  rows: DescField;
  names: ReadonlySet<string>;
}

const choices = new Map<DescMessage, Choice | null>();

/** What is wrong with the names of fields by which a request chooses what its rows carry, one by one. */
export function selectedFaults(desc: DescMessage, message: Message): FieldViolation[] {
  const choice = choiceOf(desc);
  if (choice === null) return [];
  const { field, names } = choice;
  const mask = (message as unknown as Record<string, FieldMask | undefined>)[field.localName];
  return (mask?.paths ?? [])
    .filter((path) => !names.has(path))
    .slice(0, VIOLATIONS_MAX)
    .map((path) => ({ field: field.name, description: wordsOf(path, names), rule: "field_mask.in" }));
}

/** Whether a mask chooses fields of rows, and `selectedFaults` says what is wrong with it. */
export function selectsFields({ parent }: DescField): boolean {
  return choiceOf(parent) !== null;
}

function wordsOf(path: string, names: ReadonlySet<string>): string {
  const [first = ""] = path.split(".");
  if (path.includes(".") && names.has(first))
    return `"${path.slice(0, SHOWN_LENGTH)}" is a part of a field: only a whole field can be chosen, such as "${first}"`;
  const near = nearestName(path, [...names]);
  const hint = near === undefined ? "" : `: do you mean "${near}"?`;
  return `"${path.slice(0, SHOWN_LENGTH)}" is not a field that can be chosen${hint}`;
}

/** The names that a request chooses; undefined where it chooses none, which stands for those of every list. */
export function selectedNames(desc: DescMessage, message: Message): ReadonlySet<string> | undefined {
  const field = choiceOf(desc)?.field;
  const mask = field && (message as unknown as Record<string, FieldMask | undefined>)[field.localName];
  return mask === undefined || mask.paths.length === 0 ? undefined : new Set(mask.paths);
}

/**
 * Leaves the rows of a response only the fields that the request chooses, whatever the handler read. A response that came in
 * binary has been written so.
 */
export function keepSelected(rpc: DescMethod, request: Message, response: Message): void {
  const names = selectedNames(rpc.input, request);
  const rows = choiceOf(rpc.input)?.rows;
  if (names === undefined || rows?.message === undefined || bytesOf(response) !== undefined) return;
  const kept = rows.message.fields.filter(({ name }) => names.has(name)).map(({ localName }) => localName);
  const lists = response as unknown as Record<string, Message[] | undefined>;
  const { message: desc } = rows;
  // Rows may be kept by the handler: they are not changed.
  lists[rows.localName] = lists[rows.localName]?.map((row) => {
    const values = row as unknown as Record<string, unknown>;
    return create(desc, Object.fromEntries(kept.map((name) => [name, values[name]])));
  });
}

/** The rows of the list whose request this is. Requests stand beside their service. */
export function rowsOf(desc: DescMessage): DescField | undefined {
  const rpcs = desc.file.services.flatMap(({ methods }) => methods);
  const output = rpcs.find(({ input }) => input.typeName === desc.typeName)?.output;
  const rows = output && fieldWithRole(output, FieldRole.ROWS);
  return rows ?? output?.fields.find((it) => it.fieldKind === "list" && it.message !== undefined);
}

function choiceOf(desc: DescMessage): Choice | null {
  let choice = choices.get(desc);
  if (choice === undefined) {
    const field = fieldWithRole(desc, FieldRole.FIELDS);
    const rows = field && rowsOf(desc);
    const names = new Set(rows?.message?.fields.map(({ name }) => name));
    choice = field && rows ? { field, rows, names } : null;
    choices.set(desc, choice);
  }
  return choice;
}
