import { create, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import { type Path, pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, type Violation } from "@bufbuild/protovalidate";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type FieldViolation, refusals, VIOLATIONS_MAX } from "../refusal.ts";
import { maskFaults } from "./mask-words.ts";
import { reducePage } from "./page-size.ts";
import { PATTERN_WORDS } from "./pattern-words.ts";
import { selectedFaults, selectsFields } from "./selected-fields.ts";
import { tooLong } from "./sizes.ts";
import { readTexts } from "./text-fields.ts";
import { isUnset } from "./unset.ts";

/**
 * The patterns of our contracts, compiled by the platform: ten times quicker than the validator's own engine. That one
 * guards against patterns that take exponential time, and ours are one character class each.
 */
const patterns = new Map<string, RegExp>();
const validator = createValidator({
  regexMatch: (pattern, text) => {
    let compiled = patterns.get(pattern);
    if (compiled === undefined) {
      compiled = new RegExp(pattern, "u");
      patterns.set(pattern, compiled);
    }
    return compiled.test(text);
  },
});
const refuse = refusals(ReasonSchema);

/**
 * Brings the texts of a message into the form in which they are kept, reduces a page that is too large, and refuses a message that breaks a field rule of the
 * contract, with the fields and the rules. Sizes come first: the elements of a list that is too long are not looked at.
 */
export function validate(desc: DescMessage, message: Message): void {
  const long = tooLong(desc, message);
  if (long.length > 0) throw fieldInvalid(long);
  reducePage(desc, message);
  const texts = readTexts(desc, message);
  const result = validator.validate(desc, message);
  if (result.kind === "error") throw result.error;
  const rules = result.kind === "valid" ? [] : result.violations;
  const selected = selectedFaults(desc, message);
  const violations = [...texts, ...rules.flatMap((it) => violationsOf(desc, message, it))];
  if (violations.length + selected.length === 0) return;
  // A field that is left out breaks several rules, and one sentence says so.
  const isFirst = ({ field, rule }: FieldViolation, at: number) =>
    violations.findIndex((it) => it.field === field && it.rule === rule) === at;
  throw fieldInvalid([...violations.filter(isFirst), ...selected].slice(0, VIOLATIONS_MAX));
}

function violationsOf(desc: DescMessage, message: Message, it: Violation): FieldViolation[] {
  const [first, ...rest] = it.field;
  const isMask = it.ruleId === "field_mask.in" && first?.kind === "field" && rest.length === 0;
  if (!isMask) return [violationOf(desc, message, it)];
  return selectsFields(first) ? [] : maskFaults(desc, message, first);
}

/** A rule that was broken, in the words of the contract; a field that is left out is required, whichever rule says so. */
function violationOf(desc: DescMessage, message: Message, it: Violation): FieldViolation {
  const field = pathToString(it.field);
  const missing = isUnset(desc, message, it.field) ? requiredAt(it.field) : undefined;
  return (
    missing ?? { field, description: inWords(it.message) || `breaks the rule ${it.ruleId}`, rule: it.ruleId }
  );
}

function requiredAt(path: Path): FieldViolation {
  const last = path.at(-1);
  if (last?.kind !== "oneof") return required(pathToString(path));
  const names = last.fields.map(({ name }) => name).join(", ");
  return { ...required(pathToString(path.slice(0, -1))), description: `one of ${names} is required` };
}

/** What a rule asks for, in words where it is a pattern. */
function inWords(message: string): string {
  const pattern = /regex pattern `(.*)`$/s.exec(message)?.[1];
  return pattern === undefined
    ? message
    : (PATTERN_WORDS[pattern] ?? "has a character that is not taken here");
}

/** A field that must be given and is not. */
export function required(field: string): FieldViolation {
  return { field, description: "is required", rule: "required" };
}

/** Returns `message` where all of `fields` are given, and refuses those that are not. */
export function withFields<T extends object, K extends keyof T & string>(
  message: T,
  ...fields: readonly K[]
): T & { [P in K]-?: NonNullable<T[P]> } {
  const missing = fields.filter((name) => message[name] === undefined);
  if (missing.length > 0) throw fieldInvalid(missing.map((name) => required(protoName(name))));
  return message as T & { [P in K]-?: NonNullable<T[P]> };
}

function protoName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Refuses fields for a rule that the contract states in words. */
export function fieldInvalid(violations: FieldViolation[]) {
  const [first] = violations;
  return refuse(Reason.FIELD_INVALID, {
    violations,
    ...(first && { detail: first.field ? `${first.field}: ${first.description}` : first.description }),
  });
}

/** Compiles the rules of these RPCs ahead of the first call, which would otherwise wait some 80 ms for it. */
export function warmUp(methods: readonly DescMethod[]): void {
  for (const { input } of methods) validator.validate(input, create(input));
}
