import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { TaskEventKind, TaskEventSchema } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { MIGRATIONS } from "../migrations.ts";
import { writeProjects } from "../testing/projects.ts";
import { foldSearch } from "./fold-store.ts";

const { SUBMITTED, COMMENTED } = TaskEventKind;
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase(MIGRATIONS);
  await writeProjects(
    database,
    [1, 2, 3].map((project_id) => ({ project_id })),
  );
});
beforeEach(() => database.sql`delete from project_contributors`.execute());
afterAll(() => database.drop());

const event = (projectId: number, actor: number, kind: TaskEventKind, seconds: number) =>
  create(TaskEventSchema, {
    projectId,
    kind,
    ...(actor !== 0 && { actorUserId: BigInt(actor) }),
    eventTime: timestampFromDate(new Date(seconds * 1_000)),
    toState: TaskState.MAPPED,
  });
const fold = (...events: ReturnType<typeof event>[]) => database.sql.begin((tx) => foldSearch(tx, events));
const contributors = () =>
  database.sql`
    select user_id::integer as who, project_id as where, extract(epoch from last_time)::integer as when
    from project_contributors order by user_id, project_id`;
const progress = async () => {
  const rows = await database.sql`select progress from project_search order by project_id`;
  return rows.map((row) => row.progress);
};

test("a user who submitted work is a contributor, since the last time", async () => {
  await fold(
    event(1, 7, SUBMITTED, 100),
    event(1, 7, SUBMITTED, 300),
    event(2, 8, SUBMITTED, 200),
    event(2, 9, COMMENTED, 200),
    event(2, 0, SUBMITTED, 200),
  );
  const expected = [
    { who: 7, where: 1, when: 300 },
    { who: 8, where: 2, when: 200 },
  ];
  expect([...(await contributors())]).toEqual(expected);
  await fold(event(1, 7, SUBMITTED, 200), event(2, 8, SUBMITTED, 200));
  expect([...(await contributors())]).toEqual(expected);
});

test("work in a project that is not there any more is passed by", async () => {
  await fold(event(99, 7, SUBMITTED, 100), event(3, 7, SUBMITTED, 100));
  expect([...(await contributors())].map((it) => it.where)).toEqual([3]);
});

test("progress is what was counted, in hundredths of a percent, and below all where there are no tasks", async () => {
  expect(await progress()).toEqual([-1, -1, -1]);
  await database.sql`
    insert into project_progress (project_id, tasks_total, tasks_mapped, tasks_validated, tasks_bad_imagery)
    values (1, 10, 3, 2, 1), (2, 4, 0, 0, 4), (3, 0, 0, 0, 0)`;
  await fold(event(1, 7, SUBMITTED, 1), event(2, 7, SUBMITTED, 1), event(3, 7, SUBMITTED, 1));
  expect(await progress()).toEqual([5556, 0, -1]);
  await database.sql`update projects set name = 'Renamed' where project_id = 1`;
  expect(await progress()).toEqual([5556, 0, -1]);
});
