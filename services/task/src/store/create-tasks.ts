import { toBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { GridTask } from "@tessera/geometry/grid.ts";
import { boundingBoxOf } from "@tessera/geometry/measure.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";

/** So many tasks go into one statement. */
const CHUNK = 5_000;
/** The object id of PostgreSQL's type bytea[]. */
const BYTEA_ARRAY = 1001;

/** How many tasks the project has; undefined if its area was not cut yet. */
export async function countTasks(sql: Sql, projectId: number): Promise<number | undefined> {
  const [row] = await sql<{ task_count: number }[]>`
    select task_count from task_sets where project_id = ${projectId}`;
  return row?.task_count;
}

/**
 * Writes all tasks of a project in one transaction, which inserts its request first: its twin waits there, and then finds
 * it answered. Answers undefined if that request, or tasks of this project, were there before: nothing is written then.
 */
export async function createTasks(
  sql: Sql,
  key: RequestKey & Omit<Outcome, "commitTime">,
  actor: bigint,
  tasks: readonly GridTask[],
): Promise<Date | undefined> {
  const { projectId } = key;
  return sql
    .begin(async (tx) => {
      const [first] = await tx<{ commit_time: Date }[]>`
        insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
        values (${projectId}, ${key.caller}, ${key.requestId}, ${key.digest}, ${key.name}, ${key.revision},
          date_trunc('milliseconds', clock_timestamp()), ${Buffer.from(key.response)})
        on conflict do nothing
        returning commit_time`;
      const set = await tx`
        insert into task_sets (project_id, task_count, revision) values (${projectId}, ${tasks.length}, ${key.revision})
        on conflict do nothing`;
      if (first === undefined || set.count === 0) throw new Beaten();
      const commitTime = first.commit_time;
      for (let start = 0; start < tasks.length; start += CHUNK) {
        await insertChunk(tx, projectId, start + 1, tasks.slice(start, start + CHUNK), commitTime);
      }
      await tx`
        insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, task_count)
        values (${projectId}, 0, ${key.revision}, ${TaskEventKind.TASKS_CREATED}, ${actor}, ${commitTime},
          ${commitTime}, ${tasks.length})`;
      return commitTime;
    })
    .catch((error: unknown) => {
      if (error instanceof Beaten) return undefined;
      throw error;
    });
}

/** Rolls the transaction back. */
class Beaten extends Error {}

async function insertChunk(
  tx: TransactionSql,
  projectId: number,
  firstId: number,
  tasks: readonly GridTask[],
  commitTime: Date,
): Promise<void> {
  const boxes = tasks.map(({ area }) => boundingBoxOf(area));
  // The driver tells the type of an array from its first element, and takes this one for a single bytea.
  const areas = tx.array(
    tasks.map(({ area }) => Buffer.from(toBinary(MultiPolygonSchema, area))),
    BYTEA_ARRAY,
  );
  const ids = tasks.map((_, index) => firstId + index);
  await tx`
    insert into tasks (project_id, task_id, state, create_time, update_time, revision)
    select ${projectId}, id, ${TaskState.READY}, ${commitTime}, ${commitTime}, 1 from unnest(${ids}::integer[]) as id`;
  await tx`
    insert into task_areas (project_id, task_id, zoom, x, y, area, west, south, east, north)
    select ${projectId}, c.* from unnest(${ids}::integer[],
      ${tasks.map(({ tile }) => tile?.zoom ?? null)}::smallint[], ${tasks.map(({ tile }) => tile?.x ?? null)}::integer[],
      ${tasks.map(({ tile }) => tile?.y ?? null)}::integer[],
      ${areas}::bytea[],
      ${boxes.map(({ west }) => west)}::float8[], ${boxes.map(({ south }) => south)}::float8[],
      ${boxes.map(({ east }) => east)}::float8[], ${boxes.map(({ north }) => north)}::float8[]) as c`;
}
