import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MIGRATIONS } from "../migrations.ts";
import { openStore, type Store } from "../store.ts";

const EVENTS = 300;

let database: Awaited<ReturnType<typeof testDatabase>>;
let stores: Store[];

beforeAll(async () => {
  database = await testDatabase(MIGRATIONS);
  const failed = (error: unknown) => {
    throw error;
  };
  const grouping = { byProject: database.isDistributed };
  stores = [openStore(database.sql, failed, grouping), openStore(database.sql, failed, grouping)];
});

afterAll(async () => {
  await Promise.all(stores.map((store) => store.stop()));
  await database.drop();
});

test("two replicas stamp one feed: every event has one position, and readers of both see the same order", async () => {
  const stop = new AbortController();
  const seen: string[][] = [[], []];
  const watching = stores.map(async (store, index) => {
    for await (const row of store.events.watch({ projectId: 1, after: 0n, signal: stop.signal })) {
      seen[index]?.push(`${row.position} ${row.task_id}/${row.revision}`);
    }
  });
  for (let task = 1; task <= EVENTS / 3; task++) {
    await database.sql`
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time)
      select 1, ${task}, revision, ${TaskEventKind.LOCKED}, 1, now(), clock_timestamp()
      from generate_series(1, 3) as revision`;
  }
  await expect.poll(() => seen.map(({ length }) => length)).toEqual([EVENTS, EVENTS]);
  stop.abort();
  await Promise.all(watching);
  expect(seen[0]).toEqual(seen[1]);
  const [row] = await database.sql<{ places: bigint }[]>`
    select count(distinct position) as places from task_events where position is not null`;
  expect(row?.places).toBe(BigInt(EVENTS));
});
