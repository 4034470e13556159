import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import { refusals } from "../refusal.ts";
import { Lately } from "./lately.ts";
import { type Limiter, limiter } from "./limiter.ts";

/** One caller has at most this part of the limit, so that another begins at once. */
const CALLER_PART = 0.75;
/**
 * Callers of the last seconds share that part, so that one that calls a thousand times at once holds nobody up. A share is at
 * least this many places.
 */
const FEW = 4;
/** This part of the limit is for anybody, whatever its share. */
const ANYBODYS_PART = 0.25;
/** At most this many calls wait for other services without a place; more keep theirs meanwhile. */
const AWAY_MAX = 1_000;

/** How long calls wait. */
export interface Patience {
  /** A call is taken while the process needs at most this long for the calls before it, in milliseconds. */
  waitMs: number;
  /** A call that has waited for longer than this is refused, in milliseconds. */
  waitedMaxMs: number;
}
/** Calls are refused when they arrive, and rarely after they waited: a process may become slower meanwhile. */
const PATIENCE: Patience = { waitMs: 1_000, waitedMaxMs: 3_000 };
/** At least this many may wait, however slow the process is, and at most this many. */
const WAITING_LEAST = 64;
const WAITING_MOST = 4_000;
/** How often waiting calls are checked while no call ends, in milliseconds. */
const LOOK_MS = 100;
/**
 * When a refused caller should retry, in milliseconds: spread out, and later if a process refuses more than it does,
 * up to this factor.
 */
const RETRY_MS = 1_000;
const RETRY_TIMES_MAX = 10;

/** A mean follows this many samples. */
const MEAN_OF = 50;

const refuse = refusals(ReasonSchema);

/** What a call has that was let in. */
export interface Admitted {
  /** The call has ended. `isSample` is whether its time says something about the load. */
  leave(isSample: boolean): void;
  /**
   * Waits for another service. The place is another call's meanwhile, and the time says nothing about the load of
   * this process. A call that returns to the queue runs before those that have not started.
   */
  away<T>(waiting: Promise<T>): Promise<T>;
}

/** The waiting caller. */
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

/** The refusal of a call that is not taken now. `times` is how many calls are refused for each that is done. */
export function overloaded(times = 1) {
  const most = RETRY_MS * Math.min(Math.max(1, times), RETRY_TIMES_MAX);
  return refuse(Reason.OVERLOADED, { retryAfterMs: most * (1 + Math.random()) });
}

/**
 * Lets as many calls work at once as the limiter allows. Others wait, for a short time: the next is of the caller whose
 * turn it is, so that one with a thousand calls holds nobody up. Where too many wait, the one with the most loses its last.
 */
export class WorkQueue {
  readonly #limiter: Limiter;
  #running = 0;
  /** Calls that wait for other services, and those of them that are back and have no place yet, in their order. */
  #away = 0;
  readonly #back: (() => void)[] = [];
  readonly #runningOf = new Map<string, number>();
  #waiting = 0;
  readonly #waitingWith = new Map<Patience, number>();
  /** In the order in which they run. */
  readonly #waitingOf = new Map<string, Waiting[]>();
  /** How long a place is held, in milliseconds: a mean that follows. */
  #heldMs = 10;
  /** How many calls were refused for one that was done: a mean that follows. */
  #refusedForDone = 0;
  readonly #callers = new Lately();
  /** While calls wait. */
  #looking: Repeating | undefined;

  constructor(limit: Limiter = limiter()) {
    this.#limiter = limit;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get running(): number {
    return this.#running;
  }

  /** Begins at once where there is room, which costs next to nothing; or after what waits before it. Refuses OVERLOADED. */
  enter(worker: Worker): Admitted | Promise<Admitted> {
    this.#callers.add(worker.key);
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
      this.#looking ??= repeat({ everyMs: LOOK_MS, work: () => this.#look(), later: true });
    });
  }

  #mayBegin(key: string): boolean {
    const limit = this.#limiter.limit();
    if (this.#running >= limit) return false;
    const mine = this.#runningOf.get(key) ?? 0;
    if (mine >= Math.ceil(limit * CALLER_PART)) return false;
    const share = Math.max(FEW, (limit * CALLER_PART) / this.#callers.count());
    return mine < share || this.#running < limit * ANYBODYS_PART;
  }

  #begin({ name, key }: Worker): Admitted {
    let heldMs = 0;
    let sinceMs = performance.now();
    let state: "working" | "away" | "left" = "working";
    this.#take(key);
    const give = () => {
      heldMs += performance.now() - sinceMs;
      this.#give(key);
    };
    const leave = (isSample: boolean) => {
      if (state === "left") return;
      const running = this.#running;
      if (state === "working") give();
      state = "left";
      this.#done(name, heldMs, isSample ? running : 0);
    };
    const away = async <T>(waiting: Promise<T>): Promise<T> => {
      // What is known already comes within this turn of the event loop, and costs no place.
      if (await comesAtOnce(waiting)) return waiting;
      // Of two questions at once, one gives the place up.
      if (state !== "working" || this.#away >= AWAY_MAX) return waiting;
      state = "away";
      this.#away += 1;
      give();
      try {
        return await waiting;
      } finally {
        this.#away -= 1;
        await this.#takeAgain(key);
        // Ended meanwhile, because its caller has gone.
        if ((state as string) === "left") this.#give(key);
        else state = "working";
        sinceMs = performance.now();
      }
    };
    return { leave, away };
  }

  #take(key: string): void {
    this.#running += 1;
    this.#runningOf.set(key, (this.#runningOf.get(key) ?? 0) + 1);
  }

  #takeAgain(key: string): Promise<void> | undefined {
    if (this.#running < this.#limiter.limit()) return void this.#take(key);
    return new Promise((resolve) =>
      this.#back.push(() => {
        this.#take(key);
        resolve();
      }),
    );
  }

  #give(key: string): void {
    this.#running -= 1;
    const others = (this.#runningOf.get(key) ?? 1) - 1;
    if (others === 0) this.#runningOf.delete(key);
    else this.#runningOf.set(key, others);
    while (this.#running < this.#limiter.limit() && this.#back.length > 0) this.#back.shift()?.();
    if (this.#waiting > 0) this.#next();
  }

  #done(name: string, heldMs: number, running: number): void {
    if (running > 0) this.#limiter.done(name, heldMs, running);
    this.#heldMs += (heldMs - this.#heldMs) / MEAN_OF;
    this.#refusedForDone -= this.#refusedForDone / MEAN_OF;
  }

  #overloaded() {
    this.#refusedForDone += 1 / MEAN_OF;
    return overloaded(this.#refusedForDone);
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
    if (most.length <= (this.#waitingOf.get(key)?.length ?? 0) + 1) throw this.#overloaded();
    const last = most.pop() as Waiting;
    this.#took(last, most);
    last.refuse(this.#overloaded());
  }

  #next(): void {
    const now = performance.now();
    for (const [key, queue] of this.#waitingOf) {
      if (this.#running >= this.#limiter.limit()) return;
      if (!this.#mayBegin(key)) continue;
      // To the end of the rotation.
      this.#waitingOf.delete(key);
      this.#waitingOf.set(key, queue);
      const next = queue.shift() as Waiting;
      this.#took(next, queue);
      if (isLost(next, now)) next.refuse(this.#overloaded());
      else next.begin();
    }
  }

  #took({ key, patience }: Waiting, queue: readonly Waiting[]): void {
    this.#waiting -= 1;
    this.#waitingWith.set(patience, (this.#waitingWith.get(patience) ?? 1) - 1);
    if (queue.length === 0) this.#waitingOf.delete(key);
  }

  /** Refuses calls that waited for too long or whose callers have gone, also while no call ends. */
  #look(): void {
    const now = performance.now();
    for (const queue of [...this.#waitingOf.values()]) {
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        if (!isLost(first, now)) break;
        queue.shift();
        this.#took(first, queue);
        first.refuse(this.#overloaded());
      }
    }
    if (this.#waiting > 0) {
      this.#next();
    } else {
      void this.#looking?.stop();
      this.#looking = undefined;
    }
  }
}

/** Whether something is there before the next turn of the event loop. */
function comesAtOnce(waiting: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const turn = setImmediate(() => resolve(false));
    const there = () => {
      clearImmediate(turn);
      resolve(true);
    };
    waiting.then(there, there);
  });
}

function isLost({ isGone, sinceMs, patience }: Waiting, now: number): boolean {
  return isGone() || now - sinceMs > patience.waitedMaxMs;
}
