import type { HandlerContext } from "@connectrpc/connect";

/**
 * How a caller asks that what is decided of its rights is at least as fresh as what it knows: the request directive of RFC
 * 9111, "no-cache" for anew, or "max-age=2" for no older than two seconds.
 */
export const FRESHNESS_HEADER = "cache-control";

const MAX_AGE = /^max-age=(\d{1,9})$/;

/** Since when an answer must be true for this call, in milliseconds since the epoch; undefined where it does not say. */
export function notBeforeOf(
  { requestHeader }: Pick<HandlerContext, "requestHeader">,
  nowMs: number,
): number | undefined {
  const header = requestHeader.get(FRESHNESS_HEADER);
  if (header === null) return undefined;
  const directives = header
    .toLowerCase()
    .split(",")
    .map((it) => it.trim());
  if (directives.includes("no-cache")) return nowMs;
  const seconds = directives.map((it) => MAX_AGE.exec(it)?.[1]).find((it) => it !== undefined);
  return seconds === undefined ? undefined : nowMs - Number(seconds) * 1000;
}
