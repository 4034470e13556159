import { createContextKey, type HandlerContext } from "@connectrpc/connect";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import { type Caller, callerOf } from "./caller.ts";
import type { Refusal } from "./refusal.ts";

/** How often a stream that may have nothing to say checks that its reader may still read it. */
export const LOOK_MS = 3_000;

/** Where the guard leaves the signal that aborts when the caller's token is revoked. */
export const revokedKey = createContextKey<AbortSignal>(new AbortController().signal, {
  description: "revoked",
});

/** What ends a stream. */
export interface StreamEndOptions {
  /** How long a stream lasts at most. */
  maxMs: number;
  /** Aborts when this process stops. */
  stopping: AbortSignal;
  /**
   * Checks the reader's right to the stream, and returns the refusal that ends it. A check that fails decides nothing:
   * the next one does.
   */
  look?: (() => Promise<Error | undefined>) | undefined;
  /** LOOK_MS unless a test says otherwise. */
  lookMs?: number;
}

/** When a stream has to end. */
export interface StreamEnd extends Disposable {
  /** Aborts then. */
  signal: AbortSignal;
  /** Throws the refusal of a check, if that is what ended the stream. */
  throwIfLost(): void;
}

/**
 * A stream ends when its reader leaves, when the reader's token expires or is revoked, when the reader loses the
 * right to it, when it is too old, or when this process stops. The guard ends the stream of a revoked token.
 */
export function streamEnd(
  { maxMs, stopping, look, lookMs = LOOK_MS }: StreamEndOptions,
  context: Pick<HandlerContext, "values" | "signal">,
): StreamEnd {
  const { expireTimeMs = Number.POSITIVE_INFINITY } = callerOf(context);
  const ageMs = Math.max(0, Math.min(maxMs, expireTimeMs - Date.now()));
  const over = new AbortController();
  const revoked = context.values.get(revokedKey);
  const ends = [context.signal, stopping, revoked, over.signal, AbortSignal.timeout(ageMs)];
  const signal = AbortSignal.any(ends);
  let lost: Error | undefined;
  const looking: Repeating | undefined =
    look &&
    repeat({
      everyMs: lookMs,
      work: async () => {
        lost = await look();
        if (lost !== undefined) over.abort();
      },
      failed: decidesNothing,
      later: true,
    });
  return {
    signal,
    throwIfLost: () => {
      if (lost !== undefined) throw lost;
    },
    [Symbol.dispose]: () => {
      void looking?.stop();
      over.abort();
    },
  };
}

function decidesNothing(): void {}

/** Notifies of callers whose tokens are revoked during their calls. */
export interface RevokedCallers {
  /** Calls `notify` with the refusal when the caller's token is revoked. Returns what stops that. */
  onRevoked(caller: Caller, notify: (refusal: Refusal) => void): () => void;
}
