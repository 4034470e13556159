import { ConnectError } from "@connectrpc/connect";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Logger } from "pino";

/** The pause before an ended stream is opened again; it doubles with each failure up to the longest. */
const RETRY_MS = 100;
const RETRY_MAX_MS = 2_000;

/** How often the end of the feed is read, to see that nothing is missing; less often while nobody needs to know. */
const CONFIRM_MS = 1_000;
const CONFIRM_SELDOM_MS = 2_500;
/** The longest wait for the end of the feed. */
const CONFIRM_WAIT_MS = 2_000;
/** The last positions that were taken, among which the end of the feed is looked for. */
const TAKEN_MAX = 1_000;

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
  /**
   * Everything that happened before this time was taken, in milliseconds by the clock of this process. Comes about once a
   * second while it is needed and the feed is connected and not behind; the end of the feed is not read where this is left
   * out.
   */
  confirmed?: (atMs: number) => void;
  /** Whether `confirmed` matters now; always, where this is left out. It then comes every three seconds at least. */
  isNeeded?: () => boolean;
  log: Logger;
}

/**
 * Follows a feed from now on, for as long as this process runs; nothing of it is stored. After an interruption it
 * continues at its position or, if that is no longer known, reports that events were lost.
 */
export function followNews<M extends { position: string }>(
  options: FollowNewsOptions<M>,
): { stop(): Promise<void> } {
  const taken = new Taken((atMs) => options.confirmed?.(atMs));
  let position = "";
  const read = async (signal: AbortSignal): Promise<void> => {
    const call = { headers: await options.headers(), signal };
    let isSilent = true;
    for await (const message of options.open(position, call)) {
      if (position === "") {
        taken.clear();
        options.lost();
      }
      options.take(message);
      position = message.position;
      taken.add(position);
      isSilent = false;
    }
    if (isSilent) throw new Error("the feed ended without a message");
  };
  const following = repeat({
    everyMs: RETRY_MS,
    retry: { firstMs: RETRY_MS, mostMs: RETRY_MAX_MS },
    work: read,
    failed: (error) => {
      if (isForgotten(error)) position = "";
      options.log.warn({ cause: String(error) }, "lost an event feed; retrying");
    },
  });
  const confirming = options.confirmed && confirm(options, taken);
  return {
    stop: async () => {
      await Promise.all([following.stop(), confirming?.stop()]);
    },
  };
}

/**
 * Reads the end of the feed again and again: a stream from now on begins after all that was committed before the call. A
 * message of the other service could not say so, because it may be under way for any time.
 */
function confirm<M extends { position: string }>(
  { open, headers, isNeeded = () => true, log }: FollowNewsOptions<M>,
  taken: Taken,
): { stop(): Promise<void> } {
  let readMs = Date.now();
  return repeat({
    everyMs: CONFIRM_MS,
    later: true,
    work: async (stopping) => {
      const askedMs = Date.now();
      if (!isNeeded() && askedMs < readMs + CONFIRM_SELDOM_MS) return;
      readMs = askedMs;
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(CONFIRM_WAIT_MS)]);
      for await (const { position } of open("", { headers: await headers(), signal }))
        return taken.expect(position, askedMs);
    },
    // The stream itself reports that the feed is lost. Nothing is confirmed until it is back.
    failed: (error) =>
      log.debug({ cause: String(error) }, "could not read the end of an event feed; retrying"),
  });
}

/** What was taken of a feed, and its end where that is still to come. */
class Taken {
  readonly #confirmed: (atMs: number) => void;
  readonly #positions = new Set<string>();
  #expected: { position: string; atMs: number } | undefined;

  constructor(confirmed: (atMs: number) => void) {
    this.#confirmed = confirmed;
  }

  add(position: string): void {
    this.#positions.add(position);
    if (this.#positions.size > TAKEN_MAX)
      this.#positions.delete(this.#positions.values().next().value as string);
    if (position === this.#expected?.position) this.#reached();
  }

  /** The feed ended there at this time. */
  expect(position: string, atMs: number): void {
    this.#expected = { position, atMs };
    if (this.#positions.has(position)) this.#reached();
  }

  clear(): void {
    this.#positions.clear();
    this.#expected = undefined;
  }

  #reached(): void {
    if (this.#expected !== undefined) this.#confirmed(this.#expected.atMs);
    this.#expected = undefined;
  }
}

/** Whether the other service cannot resume from the position: it was deleted, or belongs to another feed. */
function isForgotten(error: unknown): boolean {
  const reason = error instanceof ConnectError ? refusalIn(error)?.reason.name : undefined;
  return reason?.startsWith("POSITION_") ?? false;
}
