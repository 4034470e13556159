import { ConnectError } from "@connectrpc/connect";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Logger } from "pino";

/** Between two tries: to take the following, or to open the stream again. */
const RETRY_MS = 2_000;
/** The following is kept by saying so this often. */
const KEEP_MS = 5_000;
/** The most events in one transaction, and the longest time to collect them. */
const BATCH_MAX = 500;
const BATCH_MS = 200;
/** The same time where the messages of the feed are batches already. */
const BATCHES_MS = 20;

/** The feed does not know the position: it is another feed than it was, or has forgotten what came after. */
const POSITION_LOST = /^POSITION_/;

/** How far a feed is followed, and by whom: the state that a write must find. */
export interface HeldPosition {
  holder: string;
  /** As the feed gave it; "" for its start. */
  position: string;
}

/** How far a feed is followed, kept in the follower's own database. */
export interface FollowedFeed<Message> {
  /**
   * Takes or keeps the lease of the feed for a replica: returns the position from which to continue. Undefined while
   * another replica has it.
   */
  take(holder: string): Promise<string | undefined>;
  /** Lets another replica have the following at once. */
  release(holder: string): Promise<void>;
  /**
   * Writes what messages come to and the position after them, all or nothing. Returns false if another replica has
   * the lease or the position has advanced: nothing was written then.
   */
  write(held: HeldPosition, next: string, messages: readonly Message[]): Promise<boolean>;
  /** The feed is another than it was: goes back to its start. */
  startAgain(held: HeldPosition): Promise<unknown>;
}

/** What the follower of a feed needs. */
export interface FoldFeedOptions<Message> {
  /** What the feed is called in the log. */
  feed: string;
  followed: FollowedFeed<Message>;
  /** Opens the stream after a position; from the start of the feed after "". */
  watch: (
    position: string,
    call: { signal: AbortSignal; headers: Record<string, string> },
  ) => AsyncIterable<Message>;
  /** The headers of its calls, with its identity. */
  headers: () => Promise<Record<string, string>>;
  /** The replica's own id. */
  holder: string;
  log: Logger;
  /** How many events a message has, where the feed sends them in batches; one each, where this is left out. */
  sizeOf?: (message: Message) => number;
  /** RETRY_MS unless another is asked for. */
  retryMs?: number;
  /** KEEP_MS unless another is asked for. */
  keepMs?: number;
}

/**
 * Follows a feed of another service, exactly once: what its messages come to is written with the position after them.
 * Any number of replicas may follow, one at a time does; when it ends, another continues at its position. While the
 * other service is gone nothing is missed.
 */
export function foldFeed<Message extends { position: string }>(
  options: FoldFeedOptions<Message>,
): { stop(): Promise<void> } {
  const { feed, followed, holder, log, retryMs = RETRY_MS } = options;
  const following = repeat({
    everyMs: retryMs,
    work: async (signal) => {
      const position = await followed.take(holder);
      if (position !== undefined) await follow(options, position, signal);
    },
    failed: (error) => log.warn({ feed, err: error }, "could not follow a feed; retrying"),
  });
  return {
    stop: async () => {
      await following.stop();
      await followed.release(holder).catch(() => {});
    },
  };
}

/** Follows one stream from a position to its end. */
async function follow<Message extends { position: string }>(
  options: FoldFeedOptions<Message>,
  from: string,
  stopping: AbortSignal,
): Promise<void> {
  const { feed, followed, watch, headers, holder, log, keepMs = KEEP_MS } = options;
  const lost = new AbortController();
  const signal = AbortSignal.any([stopping, lost.signal]);
  const keeping = repeat({
    everyMs: keepMs,
    work: async () => {
      if ((await followed.take(holder)) === undefined) lost.abort();
    },
    failed: (error) => {
      log.warn({ feed, err: error }, "could not keep the lease of a feed; following it again");
      lost.abort();
    },
    later: true,
  });
  const batch = new Batch(options, from, () => lost.abort());
  try {
    for await (const message of watch(from, { signal, headers: await headers() })) await batch.add(message);
    await batch.flush();
  } catch (error) {
    if (signal.aborted) return;
    const reason = error instanceof ConnectError ? refusalIn(error)?.reason.name : undefined;
    if (from === "" || !POSITION_LOST.test(reason ?? "")) throw error;
    log.warn({ feed, reason }, "the feed refused the stored position; following it from its start");
    await followed.startAgain({ holder, position: from });
  } finally {
    await Promise.all([keeping.stop(), batch.end()]);
  }
}

/** Collects what comes quickly, so that it is written in one transaction. */
class Batch<Message extends { position: string }> {
  readonly #options: FoldFeedOptions<Message>;
  readonly #lost: () => void;
  #position: string;
  #next: string;
  #messages: Message[] = [];
  /** How many events they have. */
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Something was not written: nothing that comes after it may be. */
  #broken = false;

  constructor(options: FoldFeedOptions<Message>, position: string, lost: () => void) {
    this.#options = options;
    this.#position = position;
    this.#next = position;
    this.#lost = lost;
  }

  async add(message: Message): Promise<void> {
    this.#next = message.position;
    this.#messages.push(message);
    const { sizeOf } = this.#options;
    this.#size += sizeOf?.(message) ?? 1;
    this.#timer ??= setTimeout(() => void this.flush(), sizeOf ? BATCHES_MS : BATCH_MS);
    if (this.#size >= BATCH_MAX) await this.flush();
  }

  /**
   * Writes what was collected. A replica that cannot write has lost the lease: following starts again from the stored
   * position.
   */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { feed, followed, holder, log } = this.#options;
    const [next, messages] = [this.#next, this.#messages];
    this.#messages = [];
    this.#size = 0;
    this.#writing = this.#writing.then(async () => {
      if (next === this.#position || this.#broken) return;
      const held = { holder, position: this.#position };
      try {
        this.#broken = !(await followed.write(held, next, messages));
      } catch (error) {
        log.warn({ feed, err: error }, "could not write the events of a feed; retrying");
        this.#broken = true;
      }
      if (this.#broken) this.#lost();
      else this.#position = next;
    });
    return this.#writing;
  }

  /** Leaves unwritten messages to the next replica. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
  }
}
