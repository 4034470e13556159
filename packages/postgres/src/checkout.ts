import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "./connection.ts";
import { DatabaseUnavailable } from "./database-unavailable.ts";

export interface CheckoutLimits {
  /** Connections at most. */
  max: number;
  /** Callers that may wait for one. */
  maxWaiting: number;
  waitMs: number;
}

interface Waiter {
  resolve(connection: Connection): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
}

const IDLE_MS = 60_000;
const MAX_LIFETIME_MS = 30 * 60_000;
/** After a failure to connect nobody tries again for this long, and who would have to wait is refused at once. */
const RECONNECT_PAUSE_MS = 100;
const END_POLL_MS = 20;

/** Hands out connections, each to one caller at a time. Every queue in it has an end, and every wait. */
export class Checkout {
  readonly #limits: CheckoutLimits;
  readonly #open: () => Promise<Connection>;
  readonly #all = new Set<Connection>();
  readonly #idle = new Map<Connection, NodeJS.Timeout>();
  readonly #waiters = new Set<Waiter>();
  #opening = 0;
  #pausedUntil = 0;
  #failure: unknown;
  #hasEnded = false;

  /** `open` opens a connection, and bounds the time that it takes. */
  constructor(limits: CheckoutLimits, open: () => Promise<Connection>) {
    this.#limits = limits;
    this.#open = open;
  }

  /**
   * A connection for the caller alone, until `release`. Throws DatabaseUnavailable after `waitMs`, at once when too many
   * wait already; else what opening a connection threw.
   */
  async acquire(): Promise<Connection> {
    if (this.#hasEnded) throw new DatabaseUnavailable("This process has closed its connections.");
    // The one used last: those that are not needed grow old and are closed.
    const ready = [...this.#idle.keys()].at(-1);
    if (ready) {
      this.#awake(ready);
      return ready;
    }
    if (this.#all.size === 0 && Date.now() < this.#pausedUntil) throw this.#failure;
    if (this.#waiters.size >= this.#limits.maxWaiting) {
      throw new DatabaseUnavailable(`${this.#limits.maxWaiting} callers wait for a connection already.`);
    }
    return new Promise((resolve, reject) => {
      const late = () => {
        if (this.#waiters.delete(waiter))
          reject(new DatabaseUnavailable(`No connection was free within ${this.#limits.waitMs} ms.`));
      };
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
    } else if (this.#hasEnded || Date.now() - connection.openedAt > MAX_LIFETIME_MS) {
      this.#retire(connection);
    } else {
      this.#idle.set(connection, setTimeout(() => this.#retire(connection), IDLE_MS).unref());
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

  /** Takes no more callers; ends when those it has are done, and cuts off whoever is not within `limitMs`. */
  async end(limitMs: number): Promise<void> {
    this.#hasEnded = true;
    for (const connection of [...this.#idle.keys()]) this.#retire(connection);
    const limit = Date.now() + limitMs;
    const isBusy = () => this.#all.size + this.#opening + this.#waiters.size > 0;
    while (isBusy() && Date.now() < limit) await sleep(END_POLL_MS);
    this.#failWaiters(new DatabaseUnavailable("This process has closed its connections."));
    for (const connection of [...this.#all]) connection.cut();
  }

  #grow(): void {
    const isEnough =
      this.#opening >= this.#waiters.size || this.#all.size + this.#opening >= this.#limits.max;
    if (isEnough || Date.now() < this.#pausedUntil) return;
    this.#opening++;
    this.#open().then(
      (connection) => {
        this.#opening--;
        this.#all.add(connection);
        this.release(connection);
      },
      (error) => {
        this.#opening--;
        this.#pause(error);
        // Whoever waits while others hold connections may still get one of those.
        if (this.#all.size === 0 && this.#opening === 0) this.#failWaiters(error);
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

  #retire(connection: Connection): void {
    this.forget(connection);
    void connection.end();
  }

  #awake(connection: Connection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
  }
}
