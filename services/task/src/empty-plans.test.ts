import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { recall } from "@tessera/postgres/requests.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { ROWS, remember } from "@tessera/testing/kept-plan.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listTaskEvents } from "./events/store.ts";
import { lock } from "./locks/lock.ts";
import { MIGRATIONS } from "./migrations.ts";
import { layPageFloor } from "./tasks/page-floor-store.ts";
import { readTask } from "./tasks/read-store.ts";
import { getTask } from "./tasks/store.ts";
import { writeChanges } from "./tasks/write-store.ts";
import { access, me } from "./testing/tasks.ts";

const KEY = { projectId: 1, caller: "7", requestId: "request-7", digest: Buffer.alloc(32) };
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase(MIGRATIONS);
});
afterAll(() => database.drop());

/** The tables that are read by key with every command. */
const TABLES = ["tasks", "task_areas", "task_events", "lock_slots", "remembered_requests"];
/** More often than a session plans a statement anew before it keeps a plan. */
const RUNS = 8;

test.each([
  ["", async () => {}],
  [" after a restore", restored],
])(
  "plans that are made while the tables are analyzed empty%s find all by key when there are many rows",
  async (_, prepare) => {
    const undone = new Error("rolled back");
    let before: readonly unknown[] = [];
    await prepare();
    const running = database.sql.begin(async (tx) => {
      await tx.unsafe(`analyze ${TABLES.join(", ")}; discard plans`);
      for (let taskId = 1; taskId <= RUNS; taskId++) {
        await plant(tx, taskId, taskId);
        await everything(tx, taskId);
      }
      await plant(tx, RUNS + 1, ROWS);
      await remember(tx, ROWS);
      before = await otherReads(tx);
      await everything(tx, ROWS);
      expect(await otherReads(tx)).toEqual(before);
      throw undone;
    });
    await expect(running).rejects.toBe(undone);
  },
);

/** Leaves the tables without pages, as a restore does, and starts a process. */
async function restored(): Promise<void> {
  await database.sql`truncate tasks, task_areas, task_events, lock_slots, remembered_requests`;
  await layPageFloor(database.sql);
}

/** Adds tasks of one project, with what belongs to them. */
async function plant(tx: TransactionSql, from: number, to: number): Promise<void> {
  const ids = tx`generate_series(${from}::integer, ${to}::integer) as id`;
  await tx`insert into tasks (project_id, task_id, state, create_time, update_time, revision)
    select 1, id, 1, now(), now(), 1 from ${ids}`;
  await tx`insert into task_areas (project_id, task_id, area, west, south, east, north, cell)
    select 1, id, '', 0, 0, 0, 0, 0 from ${ids}`;
  await tx`insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, position)
    select 1, id, 1, 1, 1, now(), now(), 0 from ${ids}`;
  await tx`insert into lock_slots (holder, purpose, slot, project_id, task_id, token, expire_time)
    select id + 1000000, 1, 1, 2, id, 1, now() from ${ids}`;
}

/** What a command and a query do: read, write, take a slot, remember; give positions; read again. */
async function everything(tx: TransactionSql, taskId: number): Promise<void> {
  const sql = tx as unknown as Sql;
  const key = { ...KEY, requestId: `new ${taskId}` };
  const { task, now } = await readTask(sql)({ key, taskId, holder: 7n, purpose: LockPurpose.MAPPING });
  const known = { projectId: 1, taskId, task, slots: [], now };
  const change = lock(known, me, access(), LockPurpose.MAPPING, { [LockPurpose.MAPPING]: ROWS });
  const remember = { ...key, name: "", revision: 2n, response: Buffer.alloc(0) };
  const decided = { caller: me.userId, changes: [{ ...change, slot: taskId % 30_000 }], remember };
  expect(await writeChanges(sql, () => {})(decided)).toBeInstanceOf(Date);
  await tx`select stamp_task_events(10)`;
  expect((await getTask(sql)(1, taskId))?.revision).toBe(2n);
  expect(await listTaskEvents(sql, 1, taskId, 1n, 10)).toHaveLength(1);
  await recall(tx, key);
}

/** How often each of the tables was read whole or by another index than its key, in this transaction. */
async function otherReads(tx: TransactionSql): Promise<readonly unknown[]> {
  return tx`
    select relname, pg_stat_get_xact_numscans(oid) as reads from pg_class
    where relname = any(${TABLES}) or relname not like '%_pkey' and relname <> 'task_events_to_be_stamped' and oid in (
      select indexrelid from pg_index where indrelid = any(${TABLES}::regclass[]))
    order by relname`;
}
