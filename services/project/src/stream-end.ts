import type { HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "./deps.ts";

/** Aborts when a stream has to end: its reader left, the reader's token expires, it is too old, or this process stops. */
export function streamEnd(
  { streamMaxMs, stopping }: Pick<Deps, "streamMaxMs" | "stopping">,
  context: Pick<HandlerContext, "values" | "signal">,
): AbortSignal {
  const { expireTimeMs = Number.POSITIVE_INFINITY } = callerOf(context);
  const ageMs = Math.max(0, Math.min(streamMaxMs, expireTimeMs - Date.now()));
  return AbortSignal.any([context.signal, stopping, AbortSignal.timeout(ageMs)]);
}
