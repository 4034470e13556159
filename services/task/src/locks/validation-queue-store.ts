import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import {
  type ValidationQueue,
  ValidationQueueSchema,
} from "@tessera/contracts/tessera/task/v1/validation_queue_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { idOf } from "../id-of.ts";

/** What is read. */
export interface QueueOf {
  projectId: number;
  /** The person that may not take what they mapped; 0n for nobody. */
  except: bigint;
  /** Only this person's mapping; undefined for everybody's. */
  mappedBy: bigint | undefined;
}

const WAITING = [TaskState.MAPPED, TaskState.BAD_IMAGERY];
/** As many as a validator may take at once. */
const TASKS_MAX = 100;
const MAPPERS_MAX = 1_000;

interface TaskRow {
  taskId: number;
  state: TaskState;
  mappedBy: bigint;
  stateTime: Date;
  priority: number;
  commentCount: number;
}

/**
 * Reads what waits for a validator, the longest waiting first. The event that gave a task its state says since when: the time
 * of a task's last change is another one after each lock and each comment.
 */
export async function validationQueue(sql: Sql, of: QueueOf): Promise<ValidationQueue> {
  const [rows, mappers] = await Promise.all([
    sql<TaskRow[]>`
      select t.task_id as "taskId", t.state, t.mapped_by as "mappedBy", t.priority, t.comment_count as "commentCount",
        coalesce(e.commit_time, t.create_time) as "stateTime"
      from tasks t left join task_events e
        on e.project_id = t.project_id and e.task_id = t.task_id and e.revision = t.state_revision
      where ${waiting(sql, of)} and (${of.mappedBy ?? null}::bigint is null or t.mapped_by = ${of.mappedBy ?? 0n})
      order by "stateTime", t.task_id limit ${TASKS_MAX}`,
    sql<{ userId: bigint; taskCount: number }[]>`
      select t.mapped_by as "userId", count(*)::integer as "taskCount"
      from tasks t where ${waiting(sql, of)} group by t.mapped_by order by count(*) desc, t.mapped_by`,
  ]);
  const counted =
    of.mappedBy === undefined ? mappers : mappers.filter(({ userId }) => userId === of.mappedBy);
  return create(ValidationQueueSchema, {
    projectId: of.projectId,
    taskCount: counted.reduce((sum, { taskCount }) => sum + taskCount, 0),
    tasks: rows.map(({ mappedBy, stateTime, ...row }) => ({
      ...row,
      mappedByUserId: idOf(mappedBy),
      stateTime: timestampFromDate(stateTime),
    })),
    mappers: mappers.filter(({ userId }) => userId !== 0n).slice(0, MAPPERS_MAX),
  });
}

function waiting(sql: Sql, { projectId, except }: QueueOf) {
  return sql`t.project_id = ${projectId} and t.state = any(${WAITING}::smallint[])
    and (t.lock_expire_time is null or t.lock_expire_time <= clock_timestamp())
    and (${except} = 0::bigint or t.mapped_by <> ${except})`;
}
