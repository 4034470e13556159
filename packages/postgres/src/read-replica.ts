import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Sql } from "./pool.ts";

/** What a replica answers lacks nothing that was committed longer ago than this. The contracts say so. */
export const REPLICA_BEHIND_MAX_MS = 5_000;
const LOOK_MS = 1_000;

/** Where reads go that may be some seconds old. */
export interface Reading {
  /** The replica while it is known to be fresh enough; otherwise the primary. */
  sql(): Sql;
  stop(): Promise<void>;
}

/** Reads from the primary alone. */
export function readPrimary(primary: Sql): Reading {
  return { sql: () => primary, stop: async () => {} };
}

/**
 * Reads from a replica whose delay is bounded: once a second this asks whether it has replayed what the primary had
 * written by then. While it has not for too long, or is gone, the primary answers.
 */
export function readReplica(primary: Sql, replica: Sql, log: Pick<Log, "warn" | "info">): Reading {
  let freshUntilMs = 0;
  let isUsed = false;
  const use = (uses: boolean, why: string) => {
    if (uses !== isUsed)
      log[uses ? "info" : "warn"]({ why }, uses ? "reading from the replica" : "reading from the primary");
    isUsed = uses;
  };
  let asked: { position: string; atMs: number } | undefined;
  const looking = repeat({
    everyMs: LOOK_MS,
    work: async () => {
      // What was asked before is still waited for: a replica that is always a little behind reaches it all the same.
      asked ??= { atMs: performance.now(), position: await positionOf(primary) };
      const reached = await hasReached(replica, asked.position).catch((error: unknown) => {
        freshUntilMs = 0;
        throw error;
      });
      if (reached) {
        freshUntilMs = asked.atMs + REPLICA_BEHIND_MAX_MS;
        asked = undefined;
      }
      const isFresh = performance.now() < freshUntilMs;
      use(isFresh, isFresh ? "the replica is fresh" : "the replica is behind");
    },
    failed: (error) => use(performance.now() < freshUntilMs, String(error)),
  });
  return {
    sql: () => (performance.now() < freshUntilMs ? replica : primary),
    stop: () => looking.stop(),
  };
}

/** Where the primary's log ends now. */
async function positionOf(primary: Sql): Promise<string> {
  const [row] = await primary<{ position: string }[]>`select pg_current_wal_insert_lsn()::text as position`;
  if (row === undefined) throw new Error("the primary has no log");
  return row.position;
}

/** Whether a server has replayed the log up to a position. One that replays nothing has everything if it is the primary. */
async function hasReached(replica: Sql, position: string): Promise<boolean> {
  const [row] = await replica<{ reached: boolean }[]>`
    select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() >= ${position}::text::pg_lsn
      else pg_current_wal_insert_lsn() >= ${position}::text::pg_lsn end as reached`;
  return row?.reached ?? false;
}
