import { randomUUID } from "node:crypto";

/** Carries the id of a request from the gateway to every service that works on it. Not the id of a command. */
export const REQUEST_ID_HEADER = "x-request-id";
/** W3C Trace Context, level 1. */
export const TRACE_HEADER = "traceparent";

const REQUEST_ID = /^[\w.:-]{1,64}$/;
const TRACE_PARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What joins the log lines of one request in all services. */
export interface Correlation {
  requestId: string;
  /** As `traceparent` carries it. */
  trace: string;
}

/** Takes what a caller sent where it is well-formed, and makes what is missing. */
export function correlationOf(requestId: string | null, trace: string | null): Correlation {
  return {
    requestId: requestId !== null && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    trace: trace !== null && TRACE_PARENT.test(trace) ? trace : newTrace(),
  };
}

/** Makes the headers of a call carry a correlation, which onward calls carry on. */
export function correlate(headers: Headers): Correlation {
  const correlation = correlationOf(headers.get(REQUEST_ID_HEADER), headers.get(TRACE_HEADER));
  headers.set(REQUEST_ID_HEADER, correlation.requestId);
  headers.set(TRACE_HEADER, correlation.trace);
  return correlation;
}

/** The headers that carry the correlation of a call onward. */
export function correlationHeaders(headers: Headers): Record<string, string> {
  const pairs = [REQUEST_ID_HEADER, TRACE_HEADER].map((name) => [name, headers.get(name)] as const);
  return Object.fromEntries(pairs.filter((it): it is [string, string] => it[1] !== null));
}

const TRACE_ID_AT = "00-".length;
const TRACE_ID_LENGTH = 32;

/** The part of a well-formed `traceparent` that all calls of the trace have in common. */
export function traceIdOf(trace: string): string {
  return trace.slice(TRACE_ID_AT, TRACE_ID_AT + TRACE_ID_LENGTH);
}

/** UUIDs are random too, never all zeros, and Node keeps the random bytes of many ready. */
function newTrace(): string {
  return `00-${randomHex()}-${randomHex().slice(16)}-01`;
}

function randomHex(): string {
  return randomUUID().replaceAll("-", "");
}
