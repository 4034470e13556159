import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@tessera/contracts/google/rpc/error_details_pb.ts";
import { type ReasonFacts, reasonNamed } from "@tessera/contracts/reason-facts.ts";
import { RefusalClass } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { Refusal } from "./refusal.ts";

/** Puts a refusal on the wire: a status with `google.rpc.ErrorInfo`, and BadRequest and RetryInfo where they apply. */
export function refusalToError(refusal: Refusal): ConnectError {
  const { reason, metadata, violations, retryAfterMs } = refusal;
  const error = new ConnectError(refusal.message, reason.code);
  error.details.push({
    desc: ErrorInfoSchema,
    value: { reason: reason.name, domain: reason.domain, metadata: { ...metadata } },
  });
  if (violations.length > 0) {
    const fieldViolations = violations.map(({ field, description, rule }) => ({
      field,
      description,
      reason: rule,
    }));
    error.details.push({ desc: BadRequestSchema, value: { fieldViolations } });
  }
  if (retryAfterMs !== undefined) {
    error.details.push({ desc: RetryInfoSchema, value: { retryDelay: durationOf(retryAfterMs) } });
  }
  return error;
}

/** Reads the refusal that an error from another process carries; undefined for an error without a reason. */
export function refusalIn(error: ConnectError): Refusal | undefined {
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info === undefined) return undefined;
  const [badRequest] = error.findDetails(BadRequestSchema);
  const [retry] = error.findDetails(RetryInfoSchema);
  const violations = badRequest?.fieldViolations.map((it) => ({
    field: it.field,
    description: it.description,
    rule: it.reason,
  }));
  const retryAfterMs =
    retry?.retryDelay && Number(retry.retryDelay.seconds) * 1000 + retry.retryDelay.nanos / 1e6;
  return new Refusal(reasonNamed(info.reason) ?? unknownReason(info.domain, info.reason, error), {
    metadata: info.metadata,
    detail: error.rawMessage,
    ...(violations && { violations }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** A reason of a service that is newer than this process: its code is all that is known. */
function unknownReason(domain: string, name: string, error: ConnectError): ReasonFacts {
  return {
    domain,
    name,
    code: error.code,
    httpStatus: httpStatusOf(error.code),
    retryable: false,
    title: error.rawMessage,
    metadataKeys: [],
    class: RefusalClass.UNSPECIFIED,
    number: 0,
  };
}

const HTTP_STATUS: Partial<Record<Code, number>> = {
  [Code.InvalidArgument]: 400,
  [Code.FailedPrecondition]: 400,
  [Code.OutOfRange]: 400,
  [Code.Unauthenticated]: 401,
  [Code.PermissionDenied]: 403,
  [Code.NotFound]: 404,
  [Code.Aborted]: 409,
  [Code.AlreadyExists]: 409,
  [Code.ResourceExhausted]: 429,
  [Code.Canceled]: 499,
  [Code.Unimplemented]: 501,
  [Code.Unavailable]: 503,
  [Code.DeadlineExceeded]: 504,
};

/** The HTTP status of an error that carries no reason, by the table of google.rpc.Code. */
export function httpStatusOf(code: Code): number {
  return HTTP_STATUS[code] ?? 500;
}

function durationOf(milliseconds: number) {
  const seconds = Math.floor(milliseconds / 1000);
  return create(DurationSchema, { seconds: BigInt(seconds), nanos: Math.round((milliseconds % 1000) * 1e6) });
}
