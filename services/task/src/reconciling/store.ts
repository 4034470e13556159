import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { HeldPosition } from "@tessera/feeds/fold-feed.ts";
import { followedFeed } from "@tessera/feeds/followed-feed.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { type RequestKey, recall, rememberRequest } from "@tessera/postgres/requests.ts";

/** After how long without a heartbeat the lease of a following replica expires. */
const LEASE_SECONDS = 15;
/** An area that could not be read is asked for again after this time, then after twice as long each time, up to the last. */
const FIRST_RETRY_SECONDS = 2;
const LAST_RETRY_SECONDS = 600;
const { reconcileTasks, createTasks } = TaskService.method;

/** A reconciliation that nobody asked for: the area was changed. */
export interface Reconciliation {
  /** Names the change, so that it takes effect once. */
  key: RequestKey;
  request: Uint8Array;
  area: Uint8Array;
  priorityAreas: Uint8Array | undefined;
  areaRevision: bigint;
}

/** A project whose area could not be read, and its revision from the feed. */
export interface Unread {
  projectId: number;
  revision: bigint;
}

/** What messages of the feed come to. */
export interface Found {
  reconciliations: readonly Reconciliation[];
  unread: readonly Unread[];
}

/** What is stored of the following of projects whose area is changed. */
export function areaFeed(sql: Sql) {
  const { take, release, move } = followedFeed(sql, "area_feed", LEASE_SECONDS);
  return {
    take,
    release,

    /**
     * Continues from another position. Returns false if another replica has the lease or the position has advanced.
     */
    moveTo: (held: HeldPosition, next: string): Promise<boolean> => move(sql, held, next),

    /** Which of the projects have tasks, or are being cut into some. */
    async withTasks(projectIds: readonly number[]): Promise<number[]> {
      const rows = await sql<{ project_id: number }[]>`
        select project_id from task_sets where project_id = any(${projectIds}::integer[])
        union
        select project_id from operations
        where project_id = any(${projectIds}::integer[]) and kind = ${createTasks.name} and end_time is null`;
      return rows.map((row) => row.project_id);
    },

    /** Whether a project is being cut into tasks. */
    async isBeingCut(projectId: number): Promise<boolean> {
      const rows = await sql`
        select 1 from operations where project_id = ${projectId} and kind = ${createTasks.name} and end_time is null`;
      return rows.length > 0;
    },

    /**
     * Starts reconciliations, each once, stores the areas that are to be read later and the position after their events, all
     * or nothing. Returns false if another replica has the lease or the position has advanced: nothing was written
     * then.
     */
    write: (held: HeldPosition, next: string, { reconciliations, unread }: Found): Promise<boolean> =>
      sql.begin(async (tx) => {
        if (!(await move(tx, held, next))) return false;
        for (const reconciliation of reconciliations) await startRead(tx, reconciliation);
        for (const { projectId, revision } of unread) {
          await tx`
            insert into unread_areas as u (project_id, revision, next_time)
            values (${projectId}, ${revision}, clock_timestamp() + make_interval(secs => ${FIRST_RETRY_SECONDS}))
            on conflict (project_id) do update set revision = greatest(u.revision, excluded.revision), tries = 0,
              next_time = excluded.next_time`;
        }
        return true;
      }),

    /** Some of the areas that are to be read now. For a while, no other process is given them. */
    takeUnread: (most: number): Promise<Unread[]> => takeUnread(sql, most),

    /** Starts the reconciliation with an area that was read after all. */
    startUnread: (reconciliation: Reconciliation): Promise<void> =>
      sql.begin((tx) => startRead(tx, reconciliation)),

    /** Forgets an area that there is none of any more. */
    async dropUnread({ projectId, revision }: Unread): Promise<void> {
      await sql`delete from unread_areas where project_id = ${projectId} and revision <= ${revision}`;
    },
  };
}

async function takeUnread(sql: Sql, most: number): Promise<Unread[]> {
  const found = await sql<{ project_id: number; tries: number }[]>`
    select project_id, tries from unread_areas where next_time <= statement_timestamp()
    order by next_time limit ${most}`;
  const taken: Unread[] = [];
  for (const { project_id, tries } of found) {
    const seconds = Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (tries + 1));
    const rows = await sql<Unread[]>`
      update unread_areas set tries = tries + 1,
        next_time = statement_timestamp() + make_interval(secs => ${seconds})
      where project_id = ${project_id} and next_time <= statement_timestamp()
      returning project_id as "projectId", revision`;
    taken.push(...rows);
  }
  return taken;
}

/** Starts a reconciliation with an area that was read: that area need not be read again. */
async function startRead(tx: TransactionSql, reconciliation: Reconciliation): Promise<void> {
  await start(tx, reconciliation);
  await tx`
    delete from unread_areas where project_id = ${reconciliation.key.projectId} and revision <= ${reconciliation.areaRevision}`;
}

/**
 * Starts a reconciliation, unless the change was applied before. One of the kind that nobody began yet gets the later area
 * instead, so that no more than one waits in a project, whatever its area goes through.
 */
async function start(
  tx: TransactionSql,
  { key, request, area, priorityAreas, areaRevision }: Reconciliation,
): Promise<void> {
  const { projectId } = key;
  const priority = priorityAreas ? Buffer.from(priorityAreas) : null;
  if ((await recall(tx, key)) !== undefined) return;
  const renewed = await tx<{ operation_id: number }[]>`
    update operations set request = ${Buffer.from(request)}, area = ${Buffer.from(area)},
      area_revision = ${areaRevision}, priority_areas = ${priority}, revision = revision + 1,
      update_time = statement_timestamp()
    where project_id = ${projectId} and kind = ${reconcileTasks.name} and user_id = 0
      and state = ${OperationState.PENDING} and area_revision <= ${areaRevision}
    returning operation_id`;
  const started =
    renewed.length > 0
      ? renewed
      : await tx<{ operation_id: number }[]>`
          insert into operations (project_id, operation_id, kind, request, area, area_revision, priority_areas, user_id,
            state, start_time, update_time, revision)
          select ${projectId}, coalesce(max(operation_id), 0) + 1, ${reconcileTasks.name}, ${Buffer.from(request)},
            ${Buffer.from(area)}, ${areaRevision}, ${priority}, 0, ${OperationState.PENDING}, clock_timestamp(), clock_timestamp(), 1
          from operations where project_id = ${projectId} returning operation_id`;
  const name = `projects/${projectId}/operations/${started[0]?.operation_id}`;
  await rememberRequest(tx, { ...key, name, revision: 1n, commitTime: tx`clock_timestamp()` });
}
