import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { ClaimOrder } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { share } from "@tessera/postgres/share.ts";
import type { Fragment } from "postgres";
import { eachProject, type Grouping } from "../tasks/each-project.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import type { Offered } from "./claim.ts";
import { type Claim, freeFor, OFFERED, placedNearLast } from "./claims-store.ts";
import { inPriorityAreas, shuffledWithin } from "./priority-offer-store.ts";

/** Tasks that were offered to somebody who is about to lock one of them. */
export interface Offer extends Offered {
  /** Call it when the lock is taken, or is not. */
  settle: () => void;
}

/** How many tasks are offered to one caller: others may be quicker with the first. */
const OFFERED_MAX = 4;
/** Callers that claim in the same order want the same tasks: this many are read and distributed. */
const LOOKED_AT_MAX = 40;
/** The first search radius around a point, in tasks; then four times as far, and further. */
const FIRST_REACH = 2;
const REACH_FACTOR = 4;
const REACHES_MAX = 12;
/** No two points are further apart: the last look goes so far, however small the tasks are. */
const FARTHEST_DEGREES = Math.hypot(360, 180);

/**
 * Chooses tasks for those who claim one: to each others, among all who claim at the same time in this process. What a
 * process does not know of, another's choice, shows when the lock is written.
 */
export function offerTasks(sql: Sql, grouping: Grouping = {}): (claim: Claim) => Promise<Offer> {
  const offered = new Set<string>();
  const look = share<Claim, WholeTask[]>({
    run: (claims) => candidates(sql, claims, grouping),
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

function nameOf({ projectId, taskId }: WholeTask): string {
  return `${projectId}/${taskId}`;
}

/** What each claim may choose from, in its order: what lies in priority areas, and then all. */
async function candidates(sql: Sql, asked: readonly Claim[], grouping: Grouping): Promise<WholeTask[][]> {
  const claims = await Promise.all(asked.map((claim) => placedNearLast(sql, claim)));
  const urgent = await inPriorityAreas(sql, claims, LOOKED_AT_MAX, grouping);
  const enough = (index: number) => (urgent[index] ?? []).length >= LOOKED_AT_MAX;
  const inOrder = await Promise.all(
    claims.map((claim, index) => {
      if (claim.order === ClaimOrder.NEAREST) return nearestFirst(sql, claim, urgent[index] ?? []);
      return claim.order === ClaimOrder.PRIORITY && !enough(index) ? ofHighestPriority(sql, claim) : [];
    }),
  );
  const byLot = claims.filter(
    ({ order }, index) => order !== ClaimOrder.NEAREST && inOrder[index]?.length === 0 && !enough(index),
  );
  const drawn = byLot.length === 0 ? [] : await anywhere(sql, byLot, grouping);
  return claims.map((claim, index) => {
    const first = urgent[index] ?? [];
    const isAny = claim.order !== ClaimOrder.NEAREST && claim.order !== ClaimOrder.PRIORITY;
    const then = drawn[byLot.indexOf(claim)] ?? inOrder[index] ?? [];
    return claim.order === ClaimOrder.NEAREST
      ? then
      : once([...(isAny ? shuffledWithin(first) : first), ...then]);
  });
}

/** The nearest tasks of the most urgent priority area that has any, the other urgent ones, and then the nearest of all. */
async function nearestFirst(sql: Sql, claim: Claim, urgent: readonly WholeTask[]): Promise<WholeTask[]> {
  const [first] = urgent;
  if (first === undefined) return nearest(sql, claim);
  const [inFirst, ofAll] = await Promise.all([nearest(sql, claim, first.priorityArea), nearest(sql, claim)]);
  return once([...inFirst, ...urgent, ...ofAll]);
}

/** Each task once, where it comes first. */
function once(tasks: readonly WholeTask[]): WholeTask[] {
  return [...new Map(tasks.map((task) => [nameOf(task), task])).values()];
}

/** For each claim: tasks after a number that is drawn by lot, and then from the first. */
async function anywhere(sql: Sql, claims: readonly Claim[], grouping: Grouping): Promise<WholeTask[][]> {
  const placed = claims.map((claim, place) => ({ ...claim, place }));
  const rows = await eachProject(placed, grouping, (some, projectId) => draw(sql, some, projectId));
  const found = Map.groupBy(rows, ({ place }) => place);
  return claims.map((_, place) => (found.get(place) ?? []).map(taskOf));
}

function draw(sql: Sql, claims: readonly (Claim & { place: number })[], projectId?: number) {
  // Either state comes first as often as the other: few tasks to be done again do not wait for many to be done at all.
  const states = claims.map(({ purpose }) => {
    const [one = 0, other = 0] = OFFERED[purpose] ?? [];
    return Math.random() < 0.5 ? [one, other] : [other, one];
  });
  const project = projectId === undefined ? sql`w.project_id` : sql`${projectId}`;
  return sql<(TaskRow & { place: number })[]>`
    select w.place, t.* from unnest(
        ${claims.map(({ projectId }) => projectId)}::integer[], ${claims.map(({ purpose }) => purpose)}::smallint[],
        ${claims.map(({ holder }) => String(holder))}::bigint[], ${claims.map(({ own }) => own)}::boolean[],
        ${states.map(([first = 0]) => first)}::smallint[],
        ${states.map(([, second = 0]) => second)}::smallint[],
        ${claims.map(() => Math.random())}::float8[], ${claims.map(({ place }) => place)}::integer[]
      ) as w (project_id, purpose, holder, own, first_state, second_state, luck, place)
    join task_sets s on s.project_id = ${project}
    cross join lateral (
      select * from (${inState(sql, project, sql`w.first_state`, "after")}) a
      union all select * from (${inState(sql, project, sql`w.second_state`, "after")}) b
      union all select * from (${inState(sql, project, sql`w.first_state`, "before")}) c
      union all select * from (${inState(sql, project, sql`w.second_state`, "before")}) d
      limit ${OFFERED_MAX * 2}
    ) t`;
}

/** Free tasks in one state, by number: those after what was drawn, or those before it. */
function inState(sql: Sql, project: Fragment, state: Fragment, side: "after" | "before") {
  const drawn = sql`1 + floor(w.luck * s.last_task_id)::integer`;
  return sql`
    select t.* from tasks t
    where t.project_id = ${project} and t.state = ${state}
      and t.task_id ${side === "after" ? sql`>=` : sql`<`} ${drawn}
      and ${freeFor(sql)}
    order by t.task_id limit ${OFFERED_MAX * 2}`;
}

async function ofHighestPriority(sql: Sql, claim: Claim): Promise<WholeTask[]> {
  const rows = await sql<TaskRow[]>`
    select t.* from unnest(${[...(OFFERED[claim.purpose] ?? [])]}::smallint[]) as s (state) cross join lateral (
      select * from tasks t where project_id = ${claim.projectId} and t.state = s.state and priority > 0
        and ${free(sql, claim)}
      order by priority desc, task_id limit ${LOOKED_AT_MAX}
    ) t order by priority desc, task_id limit ${LOOKED_AT_MAX}`;
  return rows.map(taskOf);
}

/** Looks around the point, further and further, until what was found is surely the nearest. */
async function nearest(sql: Sql, claim: Claim, priorityArea?: number): Promise<WholeTask[]> {
  const { projectId, longitude, latitude } = claim;
  if (longitude === undefined || latitude === undefined)
    throw new Error("a claim of the nearest task has no place");
  const [set] = await sql<{ widest: number }[]>`
    select widest_degrees as widest from task_sets where project_id = ${projectId}`;
  if (set === undefined) return [];
  const shrink = Math.max(0.01, Math.cos((latitude * Math.PI) / 180));
  let reach = FIRST_REACH * set.widest;
  for (let reaches = 1; reaches <= REACHES_MAX; reaches++, reach *= REACH_FACTOR) {
    if (reaches === REACHES_MAX) reach = Math.max(reach, FARTHEST_DEGREES);
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
          ${priorityArea === undefined ? sql`` : sql`and t.priority_area = ${priorityArea}`}
      ) near where distance <= ${reach} order by distance, task_id limit ${LOOKED_AT_MAX}`;
    if (rows.length >= OFFERED_MAX || reach >= FARTHEST_DEGREES || (rows.length > 0 && reaches > 1))
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
