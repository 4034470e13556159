import { ConnectError } from "@connectrpc/connect";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Logger } from "pino";

/** The pause before an ended stream is opened again; it doubles with each failure up to the longest. */
const RETRY_MS = 100;
const RETRY_MAX_MS = 2_000;

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
  let position = "";
  const read = async (signal: AbortSignal): Promise<void> => {
    const call = { headers: await options.headers(), signal };
    let isSilent = true;
    for await (const message of options.open(position, call)) {
      if (position === "") options.lost();
      options.take(message);
      position = message.position;
      isSilent = false;
    }
    if (isSilent) throw new Error("the feed ended without a message");
  };
  return repeat({
    everyMs: RETRY_MS,
    retry: { firstMs: RETRY_MS, mostMs: RETRY_MAX_MS },
    work: read,
    failed: (error) => {
      if (isForgotten(error)) position = "";
      options.log.warn({ cause: String(error) }, "lost an event feed; retrying");
    },
  });
}

/** Whether the other service cannot resume from the position: it was deleted, or belongs to another feed. */
function isForgotten(error: unknown): boolean {
  const reason = error instanceof ConnectError ? refusalIn(error)?.reason.name : undefined;
  return reason?.startsWith("POSITION_") ?? false;
}
