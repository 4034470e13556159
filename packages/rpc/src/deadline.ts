import type { DescMethod } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { createContextKey, createContextValues, type HandlerContext } from "@connectrpc/connect";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { callerKey } from "./caller.ts";
import { correlationHeaders } from "./correlation.ts";

/** A command with less time left than this is refused before anything is begun. */
export const LEAST_MS = 100;
/** How long a unary call may take when its caller and its contract say nothing. */
export const DEFAULT_MS = 5_000;
/** How long a unary call may take at most. Streams of answers have a longest age instead. */
export const LONGEST_MS = 30_000;
/** What each hop keeps of a deadline for its own answer. */
const MARGIN_MS = 20;

/** Until when a call must be answered, in milliseconds since the epoch; Infinity for streams without a deadline. */
export const deadlineKey = createContextKey<number>(Number.POSITIVE_INFINITY, { description: "deadline" });

/** The deadline of a call that arrives at `now`, of which the caller asked for `asked` (Infinity for none). */
export function deadlineOf(method: DescMethod, asked: number, now: number): number {
  if (method.methodKind !== "unary" && method.methodKind !== "client_streaming") return asked;
  if (asked === Number.POSITIVE_INFINITY) return now + defaultMs(method);
  return Math.min(asked, now + longestMs(method));
}

/** How long a call that is answered once may take at most: an upload takes as long as its contract says. */
export function longestMs(method: DescMethod): number {
  return method.methodKind === "client_streaming" ? Math.max(defaultMs(method), LONGEST_MS) : LONGEST_MS;
}

/** The default deadline of a generic caller, in milliseconds. */
export function defaultMs(method: DescMethod): number {
  const { defaultDeadline } = rulesOf(method);
  return defaultDeadline === undefined ? DEFAULT_MS : durationMs(defaultDeadline);
}

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/**
 * The options of a call to another service made on behalf of this one: the caller's identity, the id of the request, its
 * abort signal, and its deadline less a margin.
 */
export function onward(context: Context) {
  const authorization = context.requestHeader.get("authorization");
  const headers = {
    ...correlationHeaders(context.requestHeader),
    ...(authorization !== null && { authorization }),
  };
  return { signal: context.signal, timeoutMs: leftMs(context), headers };
}

/** How long another service may take on behalf of a call: its deadline less a margin, in milliseconds. */
export function leftMs({ values }: Pick<Context, "values">): number {
  const left = values.get(deadlineKey) - Date.now() - MARGIN_MS;
  return Math.max(1, Math.min(left, DEFAULT_MS));
}

/**
 * The context in which a question is asked whose answer other callers may wait for as well: the same caller, without the
 * deadline and the abort signal that are this call's alone.
 */
export function forOthersToo({ values, requestHeader }: Context): Context {
  const caller = values.get(callerKey);
  return {
    values: createContextValues().set(callerKey, caller),
    signal: new AbortController().signal,
    requestHeader,
  };
}
