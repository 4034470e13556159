import type { HandlerContext } from "@connectrpc/connect";
import { FRESHNESS_HEADER, headerOf } from "./server-call.ts";

const MAX_AGE = /^max-age=(\d{1,9})$/;

/** Since when an answer must be true for this call, in milliseconds since the epoch; undefined where it does not say. */
export function notBeforeOf(
  context: Pick<HandlerContext, "requestHeader" | "values">,
  nowMs: number,
): number | undefined {
  const header = headerOf(context, FRESHNESS_HEADER);
  if (header === null) return undefined;
  const directives = header
    .toLowerCase()
    .split(",")
    .map((it) => it.trim());
  if (directives.includes("no-cache")) return nowMs;
  const seconds = directives.map((it) => MAX_AGE.exec(it)?.[1]).find((it) => it !== undefined);
  return seconds === undefined ? undefined : nowMs - Number(seconds) * 1000;
}
