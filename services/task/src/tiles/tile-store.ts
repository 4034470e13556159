import { fromBinary } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Fragment } from "postgres";
import { wholeNumber } from "../lists/wire-writer.ts";
import type { Page } from "../tasks/store.ts";

/** What a map shows of a task. Times are seconds since 1970. */
export interface TaskRow {
  taskId: number;
  state: number;
  priority: number;
  revision: number;
  /** 0 for none. */
  parentId: number;
  outside: boolean;
  /** 0 for none. */
  priorityArea: number;
  /** 0 for no lock; one that expires by itself is there until that is written down. */
  lockPurpose: number;
  lockEnd: number;
  /** 0 for nobody. */
  assignedUntil: number;
}

/** A row with its ground. */
export interface TaskGround {
  row: TaskRow;
  area: MultiPolygon;
}

type Text = readonly Buffer[];

/** What maps read. */
export function tileStore(sql: Sql) {
  return {
    readTime: () => readTime(sql),
    readGround: (projectId: number, page: Page) => readGround(sql, projectId, page),
    readChanged: (projectId: number, since: bigint, page: Page) => readChanged(sql, projectId, since, page),
  };
}

/** The time of the database, in seconds since 1970. */
async function readTime(sql: Sql): Promise<number> {
  const [row] = await sql<[{ now: number }]>`select date_part('epoch', clock_timestamp()) as now`;
  return row.now;
}

/** Reads tasks with their ground, by number. */
export async function readGround(sql: Sql, projectId: number, { after, limit }: Page): Promise<TaskGround[]> {
  const rows: Text[] = await sql`
    select ${shown(sql)}, a.area from tasks t
    join task_areas a on a.project_id = t.project_id and a.task_id = t.task_id and a.task_id > ${after}
    where t.project_id = ${projectId} and t.task_id > ${after}
    order by t.task_id limit ${limit}`.raw();
  return rows.map((row) => ({ row: rowOf(row), area: areaOf(row.at(-1) as Buffer) }));
}

/**
 * Reads the tasks to which something happened after a position of the feed, and those that are held, by number. What is
 * written while the position is read gets a later one.
 */
export async function readChanged(
  sql: Sql,
  projectId: number,
  since: bigint,
  { after, limit }: Page,
): Promise<TaskRow[]> {
  const rows: Text[] = await sql`
    select ${shown(sql)} from tasks t
    where t.project_id = ${projectId} and t.task_id > ${after} and t.task_id = any(
      array(select task_id from task_events where project_id = ${projectId} and position > ${since})
      || array(select task_id from task_events where project_id = ${projectId} and position is null)
      || array(select task_id from lock_slots where project_id = ${projectId}))
    order by t.task_id limit ${limit}`.raw();
  return rows.map(rowOf);
}

/** The columns of a row, in the form that takes the least to read. */
function shown(sql: Sql): Fragment {
  return sql`t.task_id, t.state, t.priority, t.revision, t.parent_id, t.outside::integer, t.priority_area,
    case when t.lock_holder is null or t.lock_ended then 0 else t.lock_purpose end,
    case when t.lock_holder is null or t.lock_ended then 0 else date_part('epoch', t.lock_expire_time) end,
    case when t.assigned_to = 0 then 0 else date_part('epoch', t.assigned_until) end`;
}

function rowOf(text: Text): TaskRow {
  const whole = (place: number) => wholeNumber(text[place] as Buffer);
  const seconds = (place: number) => Number((text[place] as Buffer).toString("latin1"));
  return {
    taskId: whole(0),
    state: whole(1),
    priority: whole(2),
    revision: whole(3),
    parentId: whole(4),
    outside: whole(5) === 1,
    priorityArea: whole(6),
    lockPurpose: whole(7),
    lockEnd: seconds(8),
    assignedUntil: seconds(9),
  };
}

/** The bytes of an area as PostgreSQL writes them: `\x0a50…`. */
function areaOf(text: Buffer): MultiPolygon {
  return fromBinary(MultiPolygonSchema, Buffer.from(text.toString("latin1", 2), "hex"));
}
