import { STATUS_CODES } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { reasonNamed } from "@tessera/contracts/reason-facts.ts";
import type { Operation } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { httpStatusOf, refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Reply } from "../exchange.ts";
import { type Fault, HttpRefusal } from "../http-refusal.ts";
import type { Route } from "../routes/route.ts";
import { challengeOf } from "./challenge.ts";
import { locate } from "./locate.ts";

/** A problem document (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance: string;
  reason?: string;
  domain?: string;
  metadata?: Readonly<Record<string, string>>;
  errors?: readonly Record<string, string>[];
  retryable: boolean;
  request_id: string;
  /** The operation that failed. */
  operation?: unknown;
}

/** What a problem document says of the request that met the problem. */
export interface Circumstances {
  id: string;
  path: string;
  /** Where the fields of the message came from; undefined before a route was found. */
  route: Route | undefined;
}

/** A problem, and the refusal that it shows where it has a reason. */
export interface Shown {
  problem: Problem;
  refusal: Refusal | undefined;
}

/** Codes that say nothing about whether the call took effect, and that it may succeed when it is sent again. */
const RETRYABLE = [Code.Unavailable, Code.DeadlineExceeded, Code.Aborted, Code.ResourceExhausted];

/** Makes the problem document of whatever was thrown. Only a refusal's own words reach the caller. */
export function problemOf(error: unknown, { id, path, route }: Circumstances): Shown {
  const refusal = refusalOf(error);
  const end = { instance: path, request_id: id };
  if (refusal === undefined) {
    const code = error instanceof ConnectError ? error.code : Code.Internal;
    return {
      refusal,
      problem: { ...plainProblem(httpStatusOf(code)), retryable: RETRYABLE.includes(code), ...end },
    };
  }
  const { reason, metadata, message } = refusal;
  const faults = faultsOf(refusal, route);
  const errors = faults.map(shown);
  const problem: Problem = {
    type: problemType(reason.name),
    title: reason.title,
    status: reason.httpStatus === 404 && faults.some(isReference(route)) ? 422 : reason.httpStatus,
    detail: message,
    instance: path,
    reason: reason.name,
    domain: reason.domain,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(errors.length > 0 && { errors }),
    retryable: reason.retryable,
    request_id: id,
  };
  return { refusal, problem };
}

/** Makes the problem document of an operation that failed, which is shown in it. */
export function operationProblem(
  { error }: Pick<Operation, "error">,
  operation: unknown,
  { id, path }: Pick<Circumstances, "id" | "path">,
): Problem {
  const facts = reasonNamed(error?.reason ?? "");
  const end = { instance: path, retryable: facts?.retryable ?? false, request_id: id, operation };
  if (error === undefined || facts === undefined) return { ...plainProblem(500), ...end };
  const { message, metadata } = error;
  return {
    type: problemType(facts.name),
    title: facts.title,
    status: facts.httpStatus,
    detail: message,
    reason: facts.name,
    domain: facts.domain,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...end,
  };
}

/** A problem without a reason: it says its status and no more. */
export function plainProblem(status: number): { type: string; title: string; status: number } {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "The call did not complete", status };
}

/** The answer that shows a problem, with the headers that its status asks for. */
export function problemReply({ problem, refusal }: Shown, tokenSent: boolean): Reply {
  const { status } = problem;
  const { allow, accepted } = refusal?.metadata ?? {};
  const challenge = challengeOf(refusal, tokenSent);
  const seconds =
    refusal?.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(refusal.retryAfterMs / 1000));
  return {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...(challenge !== undefined && { "WWW-Authenticate": challenge }),
      ...(status === 405 && allow !== undefined && { Allow: allow }),
      ...(status === 408 && { Connection: "close" }),
      ...(status === 415 && accepted?.includes("merge-patch") && { "Accept-Patch": accepted }),
      ...(seconds !== undefined && { "Retry-After": String(seconds) }),
    },
    body: JSON.stringify(problem),
  };
}

/** The path of the page that explains a reason. */
export function problemType(reason: string): string {
  return `/problems/${reason.toLowerCase().replaceAll("_", "-")}`;
}

/** Whether something thrown is a bug, and not an answer of anybody. */
export function isBug(error: unknown): boolean {
  return !(error instanceof Refusal || error instanceof ConnectError);
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  return error instanceof ConnectError ? refusalIn(error) : undefined;
}

function faultsOf(refusal: Refusal, route: Route | undefined): readonly Fault[] {
  if (refusal instanceof HttpRefusal) return refusal.faults;
  if (route === undefined) return [];
  return refusal.violations.map((it) => locate(route, it));
}

/**
 * Whether a fault is in what a request refers to, and not in what its URL names: in the body, or in a parameter beside a
 * body.
 */
function isReference(route: Route | undefined) {
  return (fault: Fault) => fault.in === "body" || (fault.in === "query" && route?.body !== "none");
}

function shown({ in: location, name, detail, rule }: Fault): Record<string, string> {
  const member = { body: "pointer", query: "parameter", path: "parameter", header: "header" }[location];
  return { [member]: name, detail, rule };
}
