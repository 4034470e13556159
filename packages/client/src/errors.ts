import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@tessera/contracts/google/rpc/error_details_pb.ts";
import { reasonNamed } from "@tessera/contracts/reason-facts.ts";
import { RefusalClass } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import type { ReasonName } from "./reason.ts";

/** One rule of the contract that one field broke. */
export interface FieldViolation {
  /** The path of the field: "project.area", "tasks[2].zoom". */
  field: string;
  /** What is wrong with it, for people. */
  description: string;
  /** The rule's id: "string.min_len". */
  rule: string;
}

/** What is known about the call that failed. */
export interface CallFacts {
  /** Such as "tessera.task.v1.LockService.LockTask". */
  rpc: string;
  /** The request id of a command. Send the same request with it again to learn the outcome. */
  requestId?: string | undefined;
}

/** A service decided against the call. Nothing happened. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /** The reason's name, such as "TASK_LOCKED". A newer service may have reasons that this client does not know. */
  readonly reason: ReasonName | (string & {});
  /** The reason's domain, such as "task.tessera". */
  readonly domain: string;
  /** What the refusal says about this occurrence, by the keys of the contract. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  /** Whether the same call may succeed later without anything else being done. */
  readonly retryable: boolean;
  /** After how many milliseconds it may, where the service says that. */
  readonly retryAfterMs: number | undefined;
  /** The code of gRPC and Connect. */
  readonly code: Code;
  readonly rpc: string;
  readonly requestId: string | undefined;
  /**
   * False where an earlier copy of the same command was sent whose answer is lost. That copy had not taken effect when
   * this one was refused; it still may within its own deadline.
   */
  readonly isCertain: boolean;

  constructor(cause: ConnectError, refusal: Refusal, { rpc, requestId }: CallFacts, isCertain = true) {
    super(`${refusal.reason}: ${cause.rawMessage}`, { cause });
    const { reason, domain, metadata, violations, retryAfterMs } = refusal;
    this.reason = reason;
    this.domain = domain;
    this.metadata = metadata;
    this.violations = violations;
    this.retryable = reasonNamed(reason)?.retryable ?? retryAfterMs !== undefined;
    this.retryAfterMs = retryAfterMs;
    this.code = cause.code;
    this.rpc = rpc;
    this.requestId = requestId;
    this.isCertain = isCertain;
  }
}

/** The call failed without a decision: nobody knows whether it took effect. */
export class UnknownOutcomeError extends Error {
  override readonly name = "UnknownOutcomeError";
  /** The code of gRPC and Connect. */
  readonly code: Code;
  readonly rpc: string;
  /** The request id of a command. Send the same request with it again to learn the outcome. */
  readonly requestId: string | undefined;
  /** After how many milliseconds to try again, where something on the way says that (the header Retry-After). */
  readonly retryAfterMs: number | undefined;

  constructor(cause: Error, { rpc, requestId }: CallFacts) {
    const error = ConnectError.from(cause);
    super(`${rpc}: the outcome is unknown: ${error.message}`, { cause });
    this.code = error.code;
    this.retryAfterMs = retryAfterIn(error);
    this.rpc = rpc;
    this.requestId = requestId;
  }
}

/** Whether an error is a refusal, with one of these reasons if any are named. */
export function isRefusal(error: unknown, ...reasons: readonly ReasonName[]): error is RefusedError {
  if (!(error instanceof RefusedError)) return false;
  return reasons.length === 0 || (reasons as readonly string[]).includes(error.reason);
}

/** What an error says about a refusal. */
interface Refusal {
  reason: string;
  domain: string;
  metadata: Record<string, string>;
  violations: FieldViolation[];
  retryAfterMs: number | undefined;
}

/** The typed error for whatever a transport throws. */
export function typedError(error: unknown, facts: CallFacts): RefusedError | UnknownOutcomeError {
  if (error instanceof RefusedError || error instanceof UnknownOutcomeError) return error;
  const cause = ConnectError.from(error);
  const refusal = refusalIn(cause);
  return refusal ? new RefusedError(cause, refusal, facts) : new UnknownOutcomeError(cause, facts);
}

/** The refusal of a command of which an earlier copy may have taken effect. */
export function afterLostAnswer(refused: RefusedError): RefusedError | UnknownOutcomeError {
  const { reason, cause } = refused;
  const connectError = cause as ConnectError;
  // Checked before the service looks for the request id: it says nothing of the earlier copy.
  if (reasonNamed(reason)?.class === RefusalClass.EVERY_RPC) return new UnknownOutcomeError(refused, refused);
  return new RefusedError(connectError, refusalIn(connectError) as Refusal, refused, false);
}

function refusalIn(error: ConnectError): Refusal | undefined {
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info === undefined) return undefined;
  const [badRequest] = error.findDetails(BadRequestSchema);
  const [retry] = error.findDetails(RetryInfoSchema);
  return {
    reason: info.reason,
    domain: info.domain,
    metadata: info.metadata,
    violations: (badRequest?.fieldViolations ?? []).map(({ field, description, reason: rule }) => ({
      field,
      description,
      rule,
    })),
    retryAfterMs: retry?.retryDelay ? durationMs(retry.retryDelay) : retryAfterIn(error),
  };
}

/** The header Retry-After in seconds, as milliseconds. */
function retryAfterIn({ metadata }: ConnectError): number | undefined {
  const seconds = Number.parseInt(metadata.get("retry-after") ?? "", 10);
  return seconds >= 0 ? seconds * 1_000 : undefined;
}

/** Codes of failures without a reason that another try may pass. */
const TRANSIENT: readonly Code[] = [
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.Internal,
  Code.Unknown,
  Code.Aborted,
  Code.Canceled,
  Code.ResourceExhausted,
  Code.DataLoss,
];

/**
 * Whether the same call is worth another try now: its outcome is unknown, or it met a refusal that any call may meet and that
 * passes by itself, or one that says when to try again. A task that is locked stays locked: that is for the caller to decide.
 */
export function mayPass(error: unknown): boolean {
  if (error instanceof UnknownOutcomeError) return TRANSIENT.includes(error.code);
  if (!(error instanceof RefusedError) || !error.retryable) return false;
  const { class: ofClass } = reasonNamed(error.reason) ?? {};
  return error.retryAfterMs !== undefined || ofClass !== RefusalClass.UNSPECIFIED;
}

/** Whether a refusal is about the access token that the call carried. */
export function isAboutToken(error: unknown): boolean {
  return isRefusal(error, "TOKEN_EXPIRED", "TOKEN_INVALID", "TOKEN_REVOKED");
}
