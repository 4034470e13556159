import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "../refusal.ts";
import { type Limiter, limiter } from "./limiter.ts";

/** So much of the limit is one caller's at most, so that another begins at once. */
const CALLER_PART = 0.75;
/** How long calls wait. */
export interface Patience {
  /** They wait until their process would take longer than this for those before them, in milliseconds. */
  waitMs: number;
  /** One that waited longer is refused, in milliseconds. */
  waitedMaxMs: number;
}
const PATIENCE: Patience = { waitMs: 500, waitedMaxMs: 1_000 };
/** At least this many may wait, however slow the process is, and at most this many. */
const WAITING_LEAST = 64;
const WAITING_MOST = 4_000;
/** How often those that wait are looked at while nothing ends, in milliseconds. */
const LOOK_MS = 100;
/** When a caller that was refused should come again, in milliseconds: not all at the same moment. */
const RETRY_MS = 1_000;
const RETRY_SPREAD_MS = 1_000;

const refuse = refusals(ReasonSchema);

/** Ends what was begun. `isSample` tells whether its time says something about the load. */
export type Leave = (isSample: boolean) => void;

/** Who wants to work. */
export interface Worker {
  /** The RPC. */
  name: string;
  /** The caller: each has a share. */
  key: string;
  /** How long it waits: the same for all of a key. Those with the same patience are counted together. */
  patience?: Patience;
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean;
}

interface Waiting extends Required<Worker> {
  sinceMs: number;
  begin(): void;
  refuse(error: unknown): void;
}

/** What a call meets that is not taken for now. */
export function overloaded() {
  return refuse(Reason.OVERLOADED, { retryAfterMs: RETRY_MS + Math.random() * RETRY_SPREAD_MS });
}

/**
 * Lets as many calls work at once as the limiter finds good. Others wait, for a short time: the next is of the caller whose
 * turn it is, so that one with a thousand calls holds nobody up. Where too many wait, the one with the most loses its last.
 */
export class WorkQueue {
  readonly #limiter: Limiter;
  #running = 0;
  readonly #runningOf = new Map<string, number>();
  #waiting = 0;
  readonly #waitingWith = new Map<Patience, number>();
  /** In the order of turns. */
  readonly #waitingOf = new Map<string, Waiting[]>();
  /** How long a slot is held, in milliseconds: a mean that follows. */
  #heldMs = 10;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: Limiter = limiter()) {
    this.#limiter = limit;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get running(): number {
    return this.#running;
  }

  /** Begins at once where there is room, which costs next to nothing; or when its turn comes. Refuses OVERLOADED. */
  enter(worker: Worker): Leave | Promise<Leave> {
    if (this.#mayBegin(worker.key) && !this.#waitingOf.has(worker.key)) return this.#begin(worker);
    const { key, patience = PATIENCE } = worker;
    const alike = this.#waitingWith.get(patience) ?? 0;
    if (alike >= this.#mostWaiting(patience)) this.#makeRoom(key, patience);
    return new Promise((resolve, reject) => {
      const queue = this.#waitingOf.get(key) ?? [];
      if (queue.length === 0) this.#waitingOf.set(key, queue);
      const begin = () => resolve(this.#begin(worker));
      queue.push({ ...worker, patience, sinceMs: performance.now(), begin, refuse: reject });
      this.#waiting += 1;
      this.#waitingWith.set(patience, (this.#waitingWith.get(patience) ?? 0) + 1);
      this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    });
  }

  #mayBegin(key: string): boolean {
    const limit = this.#limiter.limit();
    return this.#running < limit && (this.#runningOf.get(key) ?? 0) < Math.ceil(limit * CALLER_PART);
  }

  #begin({ name, key }: Worker): Leave {
    const begunMs = performance.now();
    this.#running += 1;
    this.#runningOf.set(key, (this.#runningOf.get(key) ?? 0) + 1);
    let left = false;
    return (isSample) => {
      if (left) return;
      left = true;
      const heldMs = performance.now() - begunMs;
      if (isSample) this.#limiter.done(name, heldMs, this.#running);
      this.#heldMs += (heldMs - this.#heldMs) / 50;
      this.#running -= 1;
      const others = (this.#runningOf.get(key) ?? 1) - 1;
      if (others === 0) this.#runningOf.delete(key);
      else this.#runningOf.set(key, others);
      if (this.#waiting > 0) this.#next();
    };
  }

  /** As many as are worked on while one waits. */
  #mostWaiting({ waitMs }: Patience): number {
    const perMs = this.#limiter.limit() / this.#heldMs;
    return Math.min(WAITING_MOST, Math.max(WAITING_LEAST, perMs * waitMs));
  }

  /** Refuses the last of the caller with the most calls, or the one that comes, where it has as many. */
  #makeRoom(key: string, patience: Patience): void {
    let most: Waiting[] = [];
    for (const queue of this.#waitingOf.values())
      if (queue[0]?.patience === patience && queue.length > most.length) most = queue;
    if (most.length <= (this.#waitingOf.get(key)?.length ?? 0) + 1) throw overloaded();
    const last = most.pop() as Waiting;
    this.#took(last, most);
    last.refuse(overloaded());
  }

  #next(): void {
    const now = performance.now();
    for (const [key, queue] of this.#waitingOf) {
      if (this.#running >= this.#limiter.limit()) return;
      if (!this.#mayBegin(key)) continue;
      // To the end of the turns.
      this.#waitingOf.delete(key);
      this.#waitingOf.set(key, queue);
      const next = queue.shift() as Waiting;
      this.#took(next, queue);
      if (isLost(next, now)) next.refuse(overloaded());
      else next.begin();
    }
  }

  #took({ key, patience }: Waiting, queue: readonly Waiting[]): void {
    this.#waiting -= 1;
    this.#waitingWith.set(patience, (this.#waitingWith.get(patience) ?? 1) - 1);
    if (queue.length === 0) this.#waitingOf.delete(key);
    if (this.#waiting > 0 || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Whether nothing ends or not: nobody waits for long, and nobody waits who has gone. */
  #look(): void {
    const now = performance.now();
    for (const queue of [...this.#waitingOf.values()]) {
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        if (!isLost(first, now)) break;
        queue.shift();
        this.#took(first, queue);
        first.refuse(overloaded());
      }
    }
    if (this.#waiting > 0) this.#next();
  }
}

function isLost({ isGone, sinceMs, patience }: Waiting, now: number): boolean {
  return isGone() || now - sinceMs > patience.waitedMaxMs;
}
