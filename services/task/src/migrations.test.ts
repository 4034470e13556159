import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { migrate } from "@tessera/postgres/migrate.ts";
import { testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MIGRATIONS } from "./migrations.ts";
import { cellOf } from "./tasks/cells.ts";
import { readEarlier, readTasks } from "./tasks/read-store.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;

/** A deployment of the first version, in which task 1 was mapped by 7, invalidated by 8 and mapped again by 9. */
beforeAll(async () => {
  database = await testDatabase();
  const { sql } = database;
  const folder = mkdtempSync(join(tmpdir(), "tessera-first-"));
  copyFileSync(new URL("0001_tasks.sql", MIGRATIONS), join(folder, "0001_tasks.sql"));
  await migrate(sql, pathToFileURL(`${folder}/`));
  rmSync(folder, { recursive: true });
  await sql`insert into task_sets values (1, 3, 1)`;
  await sql`insert into tasks (project_id, task_id, state, mapped_by, validated_by, submission_count, create_time,
      update_time, revision)
    values (1, 1, 2, 9, 8, 3, now(), now(), 7), (1, 2, 1, 0, 0, 0, now(), now(), 1), (1, 3, 1, 0, 0, 0, now(), now(), 2)`;
  await sql`insert into task_areas (project_id, task_id, area, west, south, east, north)
    values (1, 1, '', -180, -90, 180, 90), (1, 2, '', 10, 10, 10.02, 10.01), (1, 3, '', 179.9, 89.9, 180, 90)`;
  await sql`insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
      to_state, lock_purpose)
    values (1, 1, 2, 2, 7, now(), now(), 1, 1, 1), (1, 1, 3, 6, 7, now(), now(), 1, 2, 1),
      (1, 1, 4, 2, 8, now(), now(), 2, 2, 2), (1, 1, 5, 6, 8, now(), now(), 2, 4, 2),
      (1, 1, 6, 2, 9, now(), now(), 4, 4, 1), (1, 1, 7, 6, 9, now(), now(), 4, 2, 1), (1, 3, 2, 2, 9, now(), now(), 1, 1, 1)`;
  await migrate(sql, MIGRATIONS);
});

afterAll(() => database.drop());

test("numbers continue from the last existing task", async () => {
  expect(await database.sql`select last_task_id, widest_degrees from task_sets`).toEqual([
    { last_task_id: 3, widest_degrees: 360 },
  ]);
});

test("tasks are kept under the cells under which new ones would be", async () => {
  const rows = await database.sql<
    { cell: bigint; west: number; south: number; east: number; north: number }[]
  >`
    select cell, west, south, east, north from task_areas`;
  for (const { cell, ...box } of rows) expect(cell).toBe(cellOf(box));
});

test("what was handed in before can be undone, step by step, to whose mapping and validation stood then", async () => {
  const { sql } = database;
  const tasks = await readTasks(sql, 1, [1, 2, 3]);
  const task = tasks.get(1);
  expect(task).toMatchObject({ stateRevision: 7n, stateUserId: 9n });
  const before = task && (await readEarlier(sql, task));
  expect(before).toEqual({
    state: 4,
    stateRevision: 5n,
    stateUserId: 8n,
    mappedByUserId: 7n,
    validatedByUserId: 8n,
  });
  const first = task && before && (await readEarlier(sql, { ...task, ...before }));
  expect(first).toMatchObject({
    state: 2,
    stateRevision: 3n,
    stateUserId: 7n,
    mappedByUserId: 7n,
    validatedByUserId: undefined,
  });
  const created = task && first && (await readEarlier(sql, { ...task, ...first }));
  expect(created).toMatchObject({ state: 1, stateRevision: undefined, mappedByUserId: undefined });
  expect([tasks.get(2)?.stateRevision, tasks.get(3)?.stateRevision]).toEqual([undefined, undefined]);
});
