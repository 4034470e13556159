import type { DescEnum } from "@bufbuild/protobuf";
import { type ReasonFacts, reasonFacts } from "@tessera/contracts/reason-facts.ts";

/** One rule of the contract that one field broke. */
export interface FieldViolation {
  /** The path of the field as in JSON: "project.area", "tasks[2].zoom". */
  field: string;
  /** What is wrong with it, for people. */
  description: string;
  /** The rule's id: "string.min_len". */
  rule: string;
}

/** What a refusal says about the one occurrence. */
export interface RefusalDetails {
  /** Values for the reason's metadata keys. */
  metadata?: Record<string, string>;
  violations?: readonly FieldViolation[];
  /** After how many milliseconds the same call may succeed. */
  retryAfterMs?: number;
  /** What is particular about this occurrence; the reason's title unless it is given. */
  detail?: string;
}

/** At most this many violations are sent: trailers are small. */
export const VIOLATIONS_MAX = 20;

/**
 * Says no to a caller, with a reason of the contract. Whatever else is thrown is a bug and reaches the caller as an
 * internal error without its text.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: ReasonFacts;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;

  constructor(reason: ReasonFacts, details: RefusalDetails = {}) {
    super(details.detail ?? reason.title);
    this.reason = reason;
    this.metadata = details.metadata ?? {};
    this.violations = (details.violations ?? []).slice(0, VIOLATIONS_MAX);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Makes the refusals of one enum of reasons: `const refuse = refusals(ReasonSchema)`. */
export function refusals(desc: DescEnum): (value: number, details?: RefusalDetails) => Refusal {
  return (value, details) => new Refusal(reasonFacts(desc, value), details);
}
