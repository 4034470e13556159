import type { Lock } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Page } from "../tasks/store.ts";
import { type LockRow, lockOf } from "../tasks/task-row.ts";

type Row = LockRow & { revision: bigint };

/** The locks in a project that hold now, by task; of one person, or everybody's. */
export async function listLocks(
  sql: Sql,
  projectId: number,
  holder: bigint | undefined,
  { after, limit }: Page,
): Promise<Lock[]> {
  const rows = await sql<Row[]>`
    with s as materialized (
      select task_id, holder, token from lock_slots
      where project_id = ${projectId} and task_id > ${after} ${holder === undefined ? sql`` : sql`and holder = ${holder}`}
    )
    select t.* from s join tasks t on t.project_id = ${projectId} and t.task_id = s.task_id
    where t.lock_token = s.token and t.lock_holder = s.holder and t.lock_expire_time > clock_timestamp()
    order by t.task_id limit ${limit}`;
  return rows.flatMap(locksOf);
}

/** The locks that a person holds now, in all projects. */
export async function listHeldLocks(sql: Sql, holder: bigint): Promise<Lock[]> {
  const rows = await sql<Row[]>`
    with s as materialized (select project_id, task_id, holder, token from lock_slots where holder = ${holder})
    select t.* from s join tasks t using (project_id, task_id)
    where t.lock_token = s.token and t.lock_holder = s.holder
      and t.lock_expire_time > clock_timestamp()
    order by t.project_id, t.task_id`;
  return rows.flatMap(locksOf);
}

function locksOf(row: Row): Lock[] {
  const lock = lockOf(row, row.revision);
  return lock === undefined ? [] : [lock];
}
