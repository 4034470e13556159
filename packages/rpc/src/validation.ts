import { create, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator } from "@bufbuild/protovalidate";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { PATTERN_WORDS } from "./pattern-words.ts";
import { refusals, VIOLATIONS_MAX } from "./refusal.ts";
import { tooLong } from "./sizes.ts";

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
 * Refuses a message that breaks a field rule of the contract, with the fields and the rules. Sizes come first: the
 * elements of a list that is too long are not looked at.
 */
export function validate(desc: DescMessage, message: Message): void {
  const long = tooLong(desc, message);
  if (long.length > 0) throw fieldInvalid(long);
  const result = validator.validate(desc, message);
  if (result.kind === "valid") return;
  if (result.kind === "error") throw result.error;
  const violations = result.violations.slice(0, VIOLATIONS_MAX).map((it) => ({
    field: pathToString(it.field),
    description: inWords(it.message) || `breaks the rule ${it.ruleId}`,
    rule: it.ruleId,
  }));
  throw fieldInvalid(violations);
}

/** What a rule asks for, in words where it is a pattern. */
function inWords(message: string): string {
  const pattern = /regex pattern `(.*)`$/s.exec(message)?.[1];
  return pattern === undefined
    ? message
    : (PATTERN_WORDS[pattern] ?? "has a character that is not taken here");
}

/** Refuses fields for a rule that the contract states in words. */
export function fieldInvalid(violations: { field: string; description: string; rule: string }[]) {
  const [first] = violations;
  return refuse(Reason.FIELD_INVALID, {
    violations,
    ...(first && { detail: `${first.field}: ${first.description}` }),
  });
}

/** Compiles the rules of these RPCs ahead of the first call, which would otherwise wait some 80 ms for it. */
export function warmUp(methods: readonly DescMethod[]): void {
  for (const { input } of methods) validator.validate(input, create(input));
}
