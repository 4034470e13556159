import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "@connectrpc/connect";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Logger } from "pino";

/** The pause before an ended stream is opened again; it doubles with each failure up to the longest. */
const RETRY_MS = 100;
const RETRY_MAX_MS = 2_000;
const DOUBLINGS_MAX = 5;

/** A feed of another service, of which only what is new matters, and what is done with it. */
export interface FollowNewsOptions<M extends { position: string }> {
  /** Opens the stream after a position; empty for from now on. */
  open(position: string, call: { headers: Record<string, string>; signal: AbortSignal }): AsyncIterable<M>;
  /** What this service's own calls carry. */
  headers(): Promise<Record<string, string>>;
  /** Something happened. Messages that carry only a position come here too. */
  take(message: M): void;
  /** The stream begins without what happened before: anything may have. */
  lost(): void;
  log: Logger;
}

/**
 * Follows a feed from now on, for as long as this process runs; nothing of it is stored. After an interruption it
 * continues at its position or, if that is no longer known, reports that events were lost.
 */
export function followNews<M extends { position: string }>(
  options: FollowNewsOptions<M>,
): { stop(): Promise<void> } {
  const { log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let position = "";
  let failures = 0;

  const read = async (): Promise<void> => {
    const call = { headers: await options.headers(), signal };
    for await (const message of options.open(position, call)) {
      if (position === "") options.lost();
      failures = 0;
      options.take(message);
      position = message.position;
    }
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      await read().catch((error: unknown) => {
        if (signal.aborted) return;
        if (isForgotten(error)) position = "";
        log.warn({ cause: String(error) }, "lost an event feed; retrying");
      });
      const pause = Math.min(RETRY_MS * 2 ** Math.min(failures++, DOUBLINGS_MAX), RETRY_MAX_MS);
      await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const following = follow();
  return {
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}

/** Whether the other service cannot resume from the position: it was deleted, or belongs to another feed. */
function isForgotten(error: unknown): boolean {
  const reason = error instanceof ConnectError ? refusalIn(error)?.reason.name : undefined;
  return reason?.startsWith("POSITION_") ?? false;
}
