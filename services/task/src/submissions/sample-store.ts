import { create } from "@bufbuild/protobuf";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type SampledTask, SampledTaskSchema } from "@tessera/contracts/tessera/task/v1/validation_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { idOf } from "../id-of.ts";
import type { Page } from "../tasks/store.ts";

/** Which tasks are sampled. */
export interface Sample {
  projectId: number;
  /** Only this person's mapping; undefined for everybody's. */
  mappedBy: bigint | undefined;
  /** One of how many. */
  every: number;
  seed: string;
  onlyWaiting: boolean;
}

interface Row {
  taskId: number;
  state: TaskState;
  mappedBy: bigint;
  validatedBy: bigint;
  locked: boolean;
}

const AFTER_MAPPING = [TaskState.MAPPED, TaskState.BAD_IMAGERY, TaskState.VALIDATED, TaskState.INVALIDATED];
const WAITING = [TaskState.MAPPED, TaskState.BAD_IMAGERY];

/**
 * The tasks of a sample, by number. The seed gives each task a place among all; the first of them are the sample, so that
 * another task displaces one at most.
 */
export async function sampledTasks(sql: Sql, sample: Sample, { after, limit }: Page): Promise<SampledTask[]> {
  const { projectId, mappedBy, every, seed, onlyWaiting } = sample;
  const rows = await sql<Row[]>`
    with placed as (
      select task_id, state, mapped_by, validated_by,
        coalesce(lock_expire_time > clock_timestamp(), false) as locked,
        row_number() over (order by md5(${seed} || ':' || task_id), task_id) as place, count(*) over () as total
      from tasks
      where project_id = ${projectId} and state = any(${AFTER_MAPPING}::smallint[])
        ${mappedBy === undefined ? sql`` : sql`and mapped_by = ${mappedBy}`}
    )
    select task_id as "taskId", state, mapped_by as "mappedBy", validated_by as "validatedBy", locked
    from placed
    where place <= ceil(total::numeric / ${every}::integer) and task_id > ${after}
      ${onlyWaiting ? sql`and state = any(${WAITING}::smallint[]) and not locked` : sql``}
    order by task_id limit ${limit}`;
  return rows.map(({ mappedBy: mapper, validatedBy, ...row }) =>
    create(SampledTaskSchema, { ...row, mappedByUserId: idOf(mapper), validatedByUserId: idOf(validatedBy) }),
  );
}
