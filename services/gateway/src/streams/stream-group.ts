import type { ServerResponse } from "node:http";

/** At most this many events are kept for readers who join, and about this many bytes of them. */
const RECENT_MAX = 1_000;
const RECENT_MAX_BYTES = 1024 * 1024;
/** A reader for whom more bytes than these wait is sent no more until it has taken them. */
const BEHIND_BYTES = 256 * 1024;
/** The least time from one write to the next, in milliseconds: events that come meanwhile are one write. */
const TOGETHER_MS = 20;

/** Why a reader no longer follows: it is to read for the others, or it fell behind. */
export type Leaving = "leads" | "behind";

/** A reader of a group. */
export interface Reader {
  response: Pick<ServerResponse, "write" | "writableLength">;
  /** The position of the last event that it was sent. */
  position: string;
}

/** Whether a client takes what it is sent more slowly than it comes. */
export function isBehind({ writableLength }: Pick<ServerResponse, "writableLength">): boolean {
  return writableLength > BEHIND_BYTES;
}

interface Follower {
  reader: Reader;
  /** The number of the event that it is sent next. */
  next: number;
  settle(leaving?: Leaving): void;
}

/**
 * The readers of one stream that is the same for all of them. One leads: its own stream brings the events, and the others
 * follow. When it leaves, another one leads.
 *
 * A reader can follow from an event that is one of the recent ones here. The gateway knows no more of a position than
 * that it is the same as another.
 */
export class StreamGroup {
  /** The recent events in their order, and the number of the first of them. */
  #recent: { position: string; frame: Buffer }[] = [];
  #first = 0;
  #bytes = 0;
  readonly #numbers = new Map<string, number>();
  readonly #followers = new Set<Follower>();
  #leader: Reader | undefined;
  #flushing: NodeJS.Timeout | undefined;
  #flushedMs = 0;

  /** Whether nobody reads. */
  get isEmpty(): boolean {
    return this.#leader === undefined && this.#followers.size === 0;
  }

  /** Whether a reader leads, which it does from now on where nobody else does. */
  leads(reader: Reader): boolean {
    if (this.#leader !== undefined) return this.#leader === reader;
    this.#leader = reader;
    // What another one read may have ended elsewhere.
    this.#forget(this.#recent.length);
    return true;
  }

  isLedBy(reader: Reader): boolean {
    return this.#leader === reader;
  }

  /** The leader reads no more, or for itself alone. */
  resign(reader: Reader): void {
    if (this.#leader === reader) this.#promote();
  }

  /** Whether a reader can follow from here. */
  has(position: string): boolean {
    return this.#numbers.has(position);
  }

  /** Hands an event of the leader to the others. */
  publish(position: string, frame: Buffer): void {
    if (this.#recent.length >= RECENT_MAX || this.#bytes >= RECENT_MAX_BYTES) {
      // Nobody waits for what is forgotten.
      this.#flush();
      this.#forget(Math.ceil(this.#recent.length / 2));
    }
    this.#numbers.set(position, this.#first + this.#recent.length);
    this.#recent.push({ position, frame });
    this.#bytes += frame.length;
    if (this.#followers.size === 0) return;
    const waitMs = Math.max(0, this.#flushedMs + TOGETHER_MS - performance.now());
    this.#flushing ??= setTimeout(() => this.#flush(), waitMs);
  }

  /** Sends a reader all events after its position, until it is to read by itself, or `left` aborts. */
  async follow(reader: Reader, left: AbortSignal): Promise<Leaving | undefined> {
    const number = this.#numbers.get(reader.position);
    if (left.aborted) return undefined;
    if (number === undefined) return "behind";
    const { promise, resolve } = Promise.withResolvers<Leaving | undefined>();
    const follower = { reader, next: number + 1, settle: resolve };
    const leave = () => resolve(undefined);
    left.addEventListener("abort", leave);
    this.#followers.add(follower);
    this.#send(follower, new Map());
    if (this.#leader === undefined) this.#promote();
    const leaving = await promise;
    left.removeEventListener("abort", leave);
    this.#followers.delete(follower);
    return leaving;
  }

  /** Makes the first follower that is up to date lead. */
  #promote(): void {
    this.#flush();
    const [next] = this.#followers;
    this.#leader = next?.reader;
    if (next !== undefined) this.#settle(next, "leads");
  }

  #flush(): void {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    this.#flushedMs = performance.now();
    const writes = new Map<number, Buffer>();
    for (const it of this.#followers) this.#send(it, writes);
  }

  /** Sends what is new. Those who are sent the same share one buffer. */
  #send(follower: Follower, writes: Map<number, Buffer>): void {
    const { reader, next } = follower;
    const end = this.#first + this.#recent.length;
    if (next === end) return;
    if (next < this.#first || isBehind(reader.response)) {
      this.#settle(follower, "behind");
      return;
    }
    let bytes = writes.get(next);
    if (bytes === undefined) {
      bytes = Buffer.concat(this.#recent.slice(next - this.#first).map(({ frame }) => frame));
      writes.set(next, bytes);
    }
    if (bytes.length > 0) reader.response.write(bytes);
    reader.position = this.#recent.at(-1)?.position ?? reader.position;
    follower.next = end;
  }

  #settle(follower: Follower, leaving: Leaving): void {
    this.#followers.delete(follower);
    follower.settle(leaving);
  }

  #forget(count: number): void {
    for (const { position, frame } of this.#recent.splice(0, count)) {
      this.#bytes -= frame.length;
      this.#numbers.delete(position);
    }
    this.#first += count;
  }
}
