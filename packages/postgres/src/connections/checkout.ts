import pRetry from "p-retry";
import { DatabaseUnavailable } from "../database-unavailable.ts";
import type { Connection } from "./connection.ts";

export interface CheckoutLimits {
  /** Connections at most. */
  max: number;
  /** Callers that may wait for one. */
  maxWaiting: number;
  waitMs: number;
}

/** Opens a connection, and bounds the time that it takes; `heard` is to be called whenever the server shows life. */
export type Open = (received: () => void, signal: AbortSignal) => Promise<Connection>;

interface Waiter {
  resolve(connection: Connection): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
}

interface Attempt {
  since: number;
  receivedAt: number;
}

const IDLE_MS = 60_000;
const MAX_LIFETIME_MS = 30 * 60_000;
/** Connections that stay open though nobody needs them: to a server that is far away, opening one takes seconds. */
const KEPT_OPEN = 2;
/** After a failure to connect nobody tries again for this long, and who would have to wait is refused at once. */
const RECONNECT_PAUSE_MS = 100;
/** An attempt to connect that takes longer is left to itself, and others are made beside it, as many again at most. */
const SLOW_ATTEMPT_MS = 2_000;
/** A caller waits for a server that shows life no longer than this. */
const WAIT_LONGEST_MS = 10_000;
const END_POLL_MS = 20;

/**
 * Hands out connections, each to one caller at a time. Every queue in it has an end, and every wait. How long a
 * caller waits and how long a connection may take to open are independent: an attempt continues when its callers have
 * left.
 */
export class Checkout {
  readonly #limits: CheckoutLimits;
  readonly #open: Open;
  readonly #all = new Set<Connection>();
  readonly #idle = new Map<Connection, NodeJS.Timeout>();
  readonly #waiters = new Set<Waiter>();
  readonly #attempts = new Set<Attempt>();
  readonly #cutOff = new AbortController();
  #hasEnded = false;
  #wasOpen = false;
  #pausedUntil = 0;
  #failure: unknown;

  constructor(limits: CheckoutLimits, open: Open) {
    this.#limits = limits;
    this.#open = open;
  }

  /**
   * A connection for the caller alone, until `release`. Throws DatabaseUnavailable after `waitMs`, later where a server
   * that shows life is being connected to, at once when too many wait already; else what opening a connection threw.
   */
  async acquire(): Promise<Connection> {
    if (this.#hasEnded) throw closedByUs();
    // The one used last: those that are not needed grow old and are closed.
    const ready = [...this.#idle.keys()].at(-1);
    if (ready) {
      this.#awake(ready);
      return ready;
    }
    if (this.#all.size === 0 && Date.now() < this.#pausedUntil) throw this.#failure;
    if (this.#waiters.size >= this.#limits.maxWaiting) {
      throw new DatabaseUnavailable(`${this.#limits.maxWaiting} callers already wait for a connection.`);
    }
    return new Promise((resolve, reject) => {
      const late = () => {
        if (!this.#waiters.has(waiter)) return;
        if (Date.now() - since < WAIT_LONGEST_MS && this.#isBeingServed()) return void timer.refresh();
        this.#waiters.delete(waiter);
        reject(new DatabaseUnavailable(`No connection was free within ${this.#limits.waitMs} ms.`));
      };
      const since = Date.now();
      // One turn later: after a pause of this process, connections may come back with what it has not read yet.
      const timer = setTimeout(() => setImmediate(late), this.#limits.waitMs);
      const waiter = { resolve, reject, timer };
      this.#waiters.add(waiter);
      this.#grow();
    });
  }

  release(connection: Connection): void {
    const [waiter] = this.#waiters;
    if (connection.isClosed()) {
      this.forget(connection);
    } else if (waiter) {
      this.#waiters.delete(waiter);
      clearTimeout(waiter.timer);
      waiter.resolve(connection);
    } else if (this.#hasEnded || isOld(connection)) {
      this.#retire(connection);
    } else {
      this.#idle.set(connection, setTimeout(() => this.#rest(connection), IDLE_MS).unref());
    }
  }

  /** To be called when a connection was closed. */
  forget(connection: Connection): void {
    this.#all.delete(connection);
    this.#awake(connection);
    this.#grow();
  }

  /** Cuts all connections and fails all who wait. */
  drop(reason: DatabaseUnavailable): void {
    this.#pause(reason);
    this.#failWaiters(reason);
    for (const connection of [...this.#all]) {
      connection.cut();
      this.forget(connection);
    }
  }

  /** Takes no more callers; ends when the present ones are done, and cuts off those that are not within `limitMs`. */
  async end(limitMs: number): Promise<void> {
    this.#hasEnded = true;
    for (const connection of [...this.#idle.keys()]) this.#retire(connection);
    const refuseInUse = () => {
      if (this.#all.size + this.#waiters.size > 0) throw new Error("connections are in use");
    };
    const patience = { maxRetryTime: limitMs, minTimeout: END_POLL_MS, factor: 1 };
    await pRetry(refuseInUse, { retries: Number.POSITIVE_INFINITY, ...patience }).catch(() => {});
    this.#failWaiters(closedByUs());
    this.#cutOff.abort(closedByUs());
    for (const connection of [...this.#all]) connection.cut();
  }

  /** Whether a connection is being opened to a server that has just shown life. */
  #isBeingServed(): boolean {
    const since = Date.now() - this.#limits.waitMs;
    return [...this.#attempts].some(({ receivedAt }) => receivedAt > since);
  }

  #grow(): void {
    const { max } = this.#limits;
    const now = Date.now();
    if (this.#hasEnded || now < this.#pausedUntil) return;
    const kept = this.#wasOpen ? Math.min(KEPT_OPEN, max) - this.#all.size : 0;
    const wanted = Math.max(this.#waiters.size, kept);
    const timely = [...this.#attempts].filter(({ since }) => now - since < SLOW_ATTEMPT_MS).length;
    const isEnough = timely >= wanted || this.#all.size + timely >= max || this.#attempts.size >= 2 * max;
    if (!isEnough) this.#attempt({ since: now, receivedAt: 0 });
  }

  #attempt(attempt: Attempt): void {
    this.#attempts.add(attempt);
    const received = () => {
      attempt.receivedAt = Date.now();
    };
    this.#open(received, this.#cutOff.signal).then(
      (connection) => {
        this.#attempts.delete(attempt);
        this.#wasOpen = true;
        // Of several attempts for one caller all may come to something.
        if (this.#all.size >= this.#limits.max) return connection.end();
        this.#all.add(connection);
        this.release(connection);
      },
      (error) => {
        this.#attempts.delete(attempt);
        this.#pause(error);
        // A caller that waits while others hold connections may still get one of those.
        if (this.#all.size === 0 && this.#attempts.size === 0) this.#failWaiters(error);
      },
    );
  }

  #pause(reason: unknown): void {
    this.#failure = reason;
    this.#pausedUntil = Date.now() + RECONNECT_PAUSE_MS;
  }

  #failWaiters(reason: unknown): void {
    for (const waiter of this.#waiters) {
      clearTimeout(waiter.timer);
      waiter.reject(reason);
    }
    this.#waiters.clear();
  }

  /** Nobody needed it for a while. */
  #rest(connection: Connection): void {
    if (this.#all.size > KEPT_OPEN || isOld(connection)) this.#retire(connection);
    else this.#idle.get(connection)?.refresh();
  }

  #retire(connection: Connection): void {
    connection.end();
    this.forget(connection);
  }

  #awake(connection: Connection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
  }
}

function isOld(connection: Connection): boolean {
  return Date.now() - connection.openedAt > MAX_LIFETIME_MS;
}

function closedByUs(): DatabaseUnavailable {
  return new DatabaseUnavailable("This process has closed its connections.");
}
