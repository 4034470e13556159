import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { ClaimOrder } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import { type TaskRow, taskOf } from "./task-row.ts";

/** Whoever wants a task, and which. */
export interface Claim {
  projectId: number;
  holder: bigint;
  purpose: LockPurpose;
  order: ClaimOrder;
  longitude: number;
  latitude: number;
  /** Whether the caller's own mapping will do. */
  own: boolean;
}

/** Tasks that were offered to somebody who is about to lock one of them. */
export interface Offer {
  tasks: Task[];
  /** Whether there were tasks at all; those that are not offered here were offered to others. */
  some: boolean;
  /** Call it when the lock is taken, or is not. */
  settle: () => void;
}

/** The states that are offered, by purpose. An invalidated task is to be mapped before it is validated. */
const OFFERED: Record<number, readonly TaskState[]> = {
  [LockPurpose.MAPPING]: [TaskState.READY, TaskState.INVALIDATED],
  [LockPurpose.VALIDATION]: [TaskState.MAPPED, TaskState.BAD_IMAGERY],
};
/** So many are offered to one caller: others may be quicker with the first. */
const OFFERED_MAX = 4;
/** Who claims in the same order wants the same tasks: so many are looked at, and shared out. */
const LOOKED_AT_MAX = 40;
/** Around a place it is looked this far first, in tasks; then four times as far, and so on. */
const FIRST_REACH = 2;
const REACH_FACTOR = 4;
const REACHES_MAX = 12;

/**
 * Chooses tasks for those who claim one: to each others, among all who claim at the same time in this process. What a
 * process does not know of, another's choice, shows when the lock is written.
 */
export function offerTasks(sql: Sql): (claim: Claim) => Promise<Offer> {
  const offered = new Set<string>();
  const look = share<Claim, Task[]>({
    run: (claims) => Promise.all(claims.map((claim) => candidates(sql, claim))),
    inFlight: 4,
  });
  return async (claim) => {
    const found = await look(claim);
    const free = found.filter((task) => !offered.has(nameOf(task))).slice(0, OFFERED_MAX);
    for (const task of free) offered.add(nameOf(task));
    const settle = () => {
      for (const task of free) offered.delete(nameOf(task));
    };
    return { tasks: free, some: found.length > 0, settle };
  };
}

function nameOf({ projectId, taskId }: Task): string {
  return `${projectId}/${taskId}`;
}

async function candidates(sql: Sql, claim: Claim): Promise<Task[]> {
  const { order } = claim;
  if (order === ClaimOrder.NEAREST) return nearest(sql, claim);
  const first = order === ClaimOrder.PRIORITY ? await ofHighestPriority(sql, claim) : [];
  if (first.length > 0) return first;
  return anywhere(sql, claim);
}

/** Tasks after a number that is drawn by lot, and then from the first. */
async function anywhere(sql: Sql, claim: Claim): Promise<Task[]> {
  const rows = await sql<TaskRow[]>`
    with lot as materialized (
      select 1 + floor(random() * last_task_id)::integer as drawn from task_sets where project_id = ${claim.projectId}
    )
    select * from (
      select * from (
        select t.* from unnest(${[...(OFFERED[claim.purpose] ?? [])]}::smallint[]) as s (state) cross join lateral (
          select * from tasks t where project_id = ${claim.projectId} and t.state = s.state
            and task_id >= (select drawn from lot) and ${free(sql, claim)}
          order by task_id limit ${OFFERED_MAX * 2}
        ) t order by task_id limit ${OFFERED_MAX * 2}
      ) after
      union all
      select * from (
        select t.* from unnest(${[...(OFFERED[claim.purpose] ?? [])]}::smallint[]) as s (state) cross join lateral (
          select * from tasks t where project_id = ${claim.projectId} and t.state = s.state
            and task_id < (select drawn from lot) and ${free(sql, claim)}
          order by task_id limit ${OFFERED_MAX * 2}
        ) t order by task_id limit ${OFFERED_MAX * 2}
      ) before
    ) all_of limit ${OFFERED_MAX * 2}`;
  return rows.map(taskOf);
}

async function ofHighestPriority(sql: Sql, claim: Claim): Promise<Task[]> {
  const rows = await sql<TaskRow[]>`
    select t.* from unnest(${[...(OFFERED[claim.purpose] ?? [])]}::smallint[]) as s (state) cross join lateral (
      select * from tasks t where project_id = ${claim.projectId} and t.state = s.state and priority > 0
        and ${free(sql, claim)}
      order by priority desc, task_id limit ${LOOKED_AT_MAX}
    ) t order by priority desc, task_id limit ${LOOKED_AT_MAX}`;
  return rows.map(taskOf);
}

/** Looks around the place, further and further, until what was found is surely the nearest. */
async function nearest(sql: Sql, claim: Claim): Promise<Task[]> {
  const { projectId, longitude, latitude } = claim;
  const [set] = await sql<{ widest: number }[]>`
    select widest_degrees as widest from task_sets where project_id = ${projectId}`;
  if (set === undefined) return [];
  const shrink = Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
  let reach = FIRST_REACH * set.widest;
  for (let reaches = 0; reaches < REACHES_MAX; reaches++, reach *= REACH_FACTOR) {
    const west = longitude - reach / shrink;
    const east = longitude + reach / shrink;
    const rows = await sql<(TaskRow & { distance: number })[]>`
      select * from (
        select t.*, sqrt((((a.west + a.east) / 2 - ${longitude}) * ${shrink}::float8) ^ 2
          + ((a.south + a.north) / 2 - ${latitude}) ^ 2) as distance
        from task_areas a join tasks t using (project_id, task_id)
        where a.project_id = ${projectId} and a.west between ${west - set.widest} and ${east}
          and a.south between ${latitude - reach - set.widest} and ${latitude + reach}
          and t.state = any(${[...(OFFERED[claim.purpose] ?? [])]}::smallint[]) and ${free(sql, claim)}
      ) near where distance <= ${reach} order by distance, task_id limit ${LOOKED_AT_MAX}`;
    // The whole world was within reach.
    if (rows.length >= OFFERED_MAX || reach > 360 || (rows.length > 0 && reaches > 0))
      return rows.map(taskOf);
  }
  return [];
}

/** Nobody holds it, it is not reserved for somebody else, and it is not one's own to validate. */
function free(sql: Sql, { purpose, holder, own }: Claim) {
  const unlocked = sql`(t.lock_expire_time is null or t.lock_expire_time <= clock_timestamp())`;
  if (purpose === LockPurpose.MAPPING) {
    return sql`${unlocked} and (t.assigned_to in (0, ${holder}) or t.assigned_until <= clock_timestamp())`;
  }
  return own ? unlocked : sql`${unlocked} and t.mapped_by <> ${holder}`;
}
