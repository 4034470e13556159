import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";

/** Gives somebody locks on tasks of project 1, one slot for each: as many as no person could take. */
export async function holdAll(sql: Sql, holder: number, taskIds: readonly number[]): Promise<void> {
  const purpose = LockPurpose.VALIDATION;
  await sql`update tasks set lock_holder = ${holder}, lock_purpose = ${purpose}, lock_token = revision + 1,
    lock_time = now(), lock_expire_time = now() + interval '1 hour', revision = revision + 1
    where project_id = 1 and task_id = any(${taskIds}::integer[])`;
  await sql`insert into lock_slots (holder, purpose, slot, project_id, task_id, token, expire_time)
    select lock_holder, lock_purpose, row_number() over (order by task_id), 1, task_id, lock_token, lock_expire_time
    from tasks where project_id = 1 and task_id = any(${taskIds}::integer[])`;
}
