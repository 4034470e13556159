import { type DescField, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import { field as fieldOption } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { type FieldViolation, VIOLATIONS_MAX } from "../refusal.ts";
import { fieldWithRole } from "../request-id.ts";
import { nearestName } from "./nearest-name.ts";

/** Longer names are cut. */
const SHOWN_LENGTH = 100;

interface Choice {
  field: DescField;
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

function choiceOf(desc: DescMessage): Choice | null {
  let choice = choices.get(desc);
  if (choice === undefined) {
    const field = fieldWithRole(desc, FieldRole.FIELDS);
    const rules = field && getOption(field, fieldOption).type;
    choice = field ? { field, names: new Set(rules?.case === "fieldMask" ? rules.value.in : []) } : null;
    choices.set(desc, choice);
  }
  return choice;
}
