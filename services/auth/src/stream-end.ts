import type { HandlerContext } from "@connectrpc/connect";
import { type Caller, callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "./deps.ts";
import type { StoredRevocation } from "./store/revocation-store.ts";

/** When a stream has to end. */
export interface StreamEnd {
  /** Aborts then. */
  signal: AbortSignal;
  /** Stops looking out for it; to be called when the stream is over. */
  release(): void;
}

/**
 * A stream ends when its reader left, when the reader's token expires or is taken back, when it is too old, or when this
 * process stops.
 */
export function streamEnd(
  { streamMaxMs, stopping, revocations }: Pick<Deps, "streamMaxMs" | "stopping" | "revocations">,
  context: Pick<HandlerContext, "values" | "signal">,
): StreamEnd {
  const caller = callerOf(context);
  const { expireTimeMs = Number.POSITIVE_INFINITY } = caller;
  const ageMs = Math.max(0, Math.min(streamMaxMs, expireTimeMs - Date.now()));
  const over = new AbortController();
  const release = () => over.abort();
  const signal = AbortSignal.any([context.signal, stopping, AbortSignal.timeout(ageMs), over.signal]);
  void untilRevoked(revocations.follow(signal), caller).then(release, release);
  return { signal, release };
}

async function untilRevoked(news: AsyncIterable<StoredRevocation[]>, caller: Caller): Promise<void> {
  for await (const lot of news) if (lot.some((it) => takesBack(it, caller))) return;
}

function takesBack({ sessionId, userId, tokenVersion, blocked }: StoredRevocation, caller: Caller): boolean {
  if (userId === caller.userId) return blocked || caller.tokenVersion < tokenVersion;
  return sessionId === caller.sessionId;
}
