import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import type { Connection } from "./connection.ts";

/** Notices a server that stopped answering without an error: a stopped machine, a cut cable, a paused process. */
export interface Watch {
  /** A statement was sent that the server itself ends after `limitMs`. Call the answer when it settled. */
  sent(connection: Connection, limitMs: number): () => void;
}

/** How much a server may say nothing, and how far away it is. */
export interface Silence {
  silenceMs: number;
  /** How long the last connection took to open: more than a question and its answer take, now and over this distance. */
  openedInMs(): number;
}

/** The part of the permitted silence after which the server is probed over a separate connection. */
const ASKED_AFTER = 0.4;
const PERIOD_MS = 100;
/** How long this process itself did not run: it was stopped, or busy. */
const PAUSED_MS = 3 * PERIOD_MS;
/** How much later than the server's own limit an answer may arrive. */
const GRACE_MS = 1_000;

/** `isAlive` asks the server over a way of its own, within a bound; `lost` is called when it does not answer. */
export function createWatch(
  { silenceMs, openedInMs }: Silence,
  isAlive: (limitMs: number) => Promise<boolean>,
  lost: () => void,
): Watch {
  const outstanding = new Set<{ connection: Connection; since: number; limitMs: number }>();
  let receivedAt = 0;
  let isAsking = false;
  let looking: Repeating | undefined;
  let lookedAt = 0;

  function look(): void {
    const now = Date.now();
    const wasPaused = now - lookedAt > PAUSED_MS;
    lookedAt = now;
    // The answers that came in meanwhile have not been read yet.
    if (wasPaused) {
      receivedAt = now;
      return;
    }
    for (const { connection, since, limitMs } of outstanding) {
      // The server lives, but this connection leads nowhere: its limit would have ended the statement.
      if (now > since + limitMs + GRACE_MS) connection.cut();
    }
    const [oldest] = outstanding;
    if (!oldest) rest();
    else if (!isAsking && now > Math.max(oldest.since, receivedAt) + silenceMs * ASKED_AFTER) {
      void ask();
    }
  }

  /** While nothing is asked, nothing is looked at: an idle process sleeps. */
  function rest(): void {
    void looking?.stop();
    looking = undefined;
  }

  async function ask(): Promise<void> {
    const before = receivedAt;
    isAsking = true;
    const alive = await isAlive(Math.max(silenceMs * (1 - ASKED_AFTER), openedInMs()));
    isAsking = false;
    if (alive) receivedAt = Date.now();
    else if (receivedAt === before && outstanding.size > 0) lost();
  }

  return {
    sent: (connection, limitMs) => {
      const entry = { connection, since: Date.now(), limitMs };
      outstanding.add(entry);
      if (!looking) {
        lookedAt = entry.since;
        looking = repeat({ everyMs: PERIOD_MS, work: look, later: true });
      }
      return () => {
        outstanding.delete(entry);
        receivedAt = Date.now();
        if (outstanding.size === 0) rest();
      };
    },
  };
}
