import type { Sql } from "@tessera/postgres/pool.ts";
import { eachProject, type Grouping } from "../tasks/each-project.ts";
import { type TaskRow, taskOf } from "../tasks/task-row.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { type Claim, freeFor, OFFERED } from "./claims-store.ts";

/** For each claim: the free tasks in priority areas, the first area first, and in each area the highest priority; at most `most`. */
export async function inPriorityAreas(
  sql: Sql,
  claims: readonly Claim[],
  most: number,
  grouping: Grouping,
): Promise<WholeTask[][]> {
  const placed = claims.map((claim, place) => ({ ...claim, place }));
  const rows = await eachProject(placed, grouping, (some, projectId) => read(sql, some, most, projectId));
  const found = Map.groupBy(rows, ({ place }) => place);
  return claims.map((_, place) => (found.get(place) ?? []).map(taskOf));
}

function read(sql: Sql, claims: readonly (Claim & { place: number })[], most: number, projectId?: number) {
  const project = projectId === undefined ? sql`w.project_id` : sql`${projectId}`;
  const states = claims.map(({ purpose }) => OFFERED[purpose] ?? []);
  const order = sql`order by t.priority_area, t.priority desc, t.task_id limit ${most}`;
  const inState = (place: 0 | 1) => sql`
    select t.* from tasks t
    where t.project_id = ${project} and t.state = ${place === 0 ? sql`w.first_state` : sql`w.second_state`}
      and t.priority_area > 0 and ${freeFor(sql)} ${order}`;
  return sql<(TaskRow & { place: number })[]>`
    select w.place, t.* from unnest(
        ${claims.map((it) => it.projectId)}::integer[], ${claims.map(({ purpose }) => purpose)}::smallint[],
        ${claims.map(({ holder }) => String(holder))}::bigint[], ${claims.map(({ own }) => own)}::boolean[],
        ${states.map(([first = 0]) => first)}::smallint[], ${states.map(([, second = 0]) => second)}::smallint[],
        ${claims.map(({ place }) => place)}::integer[]
      ) as w (project_id, purpose, holder, own, first_state, second_state, place)
    cross join lateral (
      select * from (select * from (${inState(0)}) a union all select * from (${inState(1)}) b) t ${order}
    ) t`;
}

/** The same tasks, with those of one priority area in an order drawn by lot, so that people spread out. */
export function shuffledWithin(tasks: readonly WholeTask[]): WholeTask[] {
  const lots = new Map(tasks.map((task) => [task, Math.random()]));
  const lot = (task: WholeTask) => lots.get(task) ?? 0;
  return [...tasks].sort((a, b) => a.priorityArea - b.priorityArea || lot(a) - lot(b));
}
