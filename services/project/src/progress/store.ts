import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import type { HeldPosition } from "@tessera/feeds/fold-feed.ts";
import { followedFeed } from "@tessera/feeds/followed-feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { recordWork } from "../projects/deletion-store.ts";
import { countEvents, type TaskCounts } from "../projects/progress.ts";
import { foldSearch } from "../search/fold-store.ts";

/** After how long without a heartbeat the lease of a folding replica expires. */
const LEASE_SECONDS = 4;

/** What is written of the progress of projects. */
export function progressStore(sql: Sql) {
  const { take, release, move } = followedFeed(sql, "progress_feed", LEASE_SECONDS);
  return {
    take,
    release,

    /**
     * Folds events and keeps the position after them, all or nothing. Returns false if another replica has advanced.
     */
    fold: (held: HeldPosition, next: string, events: readonly TaskEvent[]): Promise<boolean> =>
      sql.begin(async (tx) => {
        if (!(await move(tx, held, next))) return false;
        const counted = countEvents(events);
        await recordWork(tx, lastActivities(counted));
        await addCounts(tx, counted);
        await foldSearch(tx, events);
        return true;
      }),

    /**
     * Forgets all counts, to be folded again from the start of the feed. Returns false if another replica has
     * advanced.
     */
    startAgain: (held: HeldPosition): Promise<boolean> =>
      sql.begin(async (tx) => {
        if (!(await move(tx, held, ""))) return false;
        await tx`delete from project_progress`;
        return true;
      }),
  };
}

/** Deletes all counts: the folding replica finds that the position has moved, and starts again. */
export async function rebuildProgress(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update progress_feed set position = ''`;
    await tx`delete from project_progress`;
  });
}

/** When somebody last did something, of the projects in which that is so. */
function lastActivities(counted: ReadonlyMap<number, TaskCounts>): Map<number, Date> {
  return new Map(
    [...counted].flatMap(([projectId, { lastActivity }]) =>
      lastActivity ? [[projectId, lastActivity]] : [],
    ),
  );
}

async function addCounts(tx: TransactionSql, counted: ReadonlyMap<number, TaskCounts>): Promise<void> {
  const changes = [...counted].sort(([one], [other]) => one - other);
  if (changes.length === 0) return;
  const column = <T>(of: (change: (typeof changes)[number][1]) => T) =>
    changes.map(([, change]) => of(change));
  await tx`
    insert into project_progress
      (project_id, tasks_total, tasks_mapped, tasks_validated, tasks_bad_imagery, last_activity_time)
    select * from unnest(${changes.map(([projectId]) => projectId)}::integer[],
      ${column(({ total }) => total)}::integer[], ${column(({ mapped }) => mapped)}::integer[],
      ${column(({ validated }) => validated)}::integer[], ${column(({ badImagery }) => badImagery)}::integer[],
      ${column(({ lastActivity }) => lastActivity?.toISOString() ?? null)}::timestamptz[])
    on conflict (project_id) do update set
      tasks_total = project_progress.tasks_total + excluded.tasks_total,
      tasks_mapped = project_progress.tasks_mapped + excluded.tasks_mapped,
      tasks_validated = project_progress.tasks_validated + excluded.tasks_validated,
      tasks_bad_imagery = project_progress.tasks_bad_imagery + excluded.tasks_bad_imagery,
      last_activity_time = greatest(project_progress.last_activity_time, excluded.last_activity_time)`;
}
