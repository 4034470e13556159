import { randomUUID } from "node:crypto";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rebuildProgress } from "../progress/store.ts";
import type { PersonName } from "../testing/auth.ts";
import { EVERY_SETTING } from "../testing/settings.ts";
import { failureOf, refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { forgetDeletedProjects, recordWork, setAside } from "./deletion-store.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const remove = (projectId: number, requestId: string = randomUUID(), person: PersonName = "administrator") =>
  system.client.deleteProject({ requestId, projectId }, system.as(person));
const get = (projectId: number) => system.client.getProject({ projectId }, system.as("administrator"));

test.each([DRAFT, PUBLISHED, ARCHIVED])(
  "a project of status %i without work is gone at once",
  async (status) => {
    const projectId = await system.project(status, EVERY_SETTING);
    const { acknowledgement } = await remove(projectId);
    expect(acknowledgement).toMatchObject({ name: `projects/${projectId}`, replayed: false });
    const [gone, never] = [await failureOf(get(projectId)), await failureOf(get(2_000_000))];
    expect(gone.message).toBe(never.message);
    expect((await refusalOf(get(projectId))).reason).toBe("PROJECT_NOT_FOUND");
    const { projects } = await system.client.listProjects({ pageSize: 100 }, system.as("administrator"));
    expect(projects.map((it) => it.projectId)).not.toContain(projectId);
    expect((await refusalOf(remove(projectId))).reason).toBe("PROJECT_NOT_FOUND");
  },
);

test("the last event of a project says that it was deleted", async () => {
  const projectId = await system.project(PUBLISHED);
  const { acknowledgement } = await remove(projectId);
  const { sql } = system.database;
  const [last] = await sql`
    select revision, kind, actor, access_changed, was_public from project_events
    where project_id = ${projectId} order by revision desc limit 1`;
  const expected = { kind: 4, actor: 1n, access_changed: true, was_public: true };
  expect(last).toEqual({ revision: acknowledgement?.revision, ...expected });
});

test("a project in which somebody did something is not deleted, even when its progress is being counted again", async () => {
  const projectId = await system.project(PUBLISHED);
  const { sql } = system.database;
  await sql.begin((tx) => recordWork(tx, new Map([[projectId, new Date()]])));
  await rebuildProgress(sql);
  const before = [await system.count("remembered_requests"), await system.count("deleted_projects")];
  expect(await refusalOf(remove(projectId))).toMatchObject({
    reason: "PROJECT_HAS_WORK",
    metadata: { project_id: String(projectId) },
  });
  expect([await system.count("remembered_requests"), await system.count("deleted_projects")]).toEqual(before);
  expect((await get(projectId)).project?.revision).toBe(2n);
});

test("news of work and a deletion wait for each other: whichever comes later sees the other", async () => {
  const { sql } = system.database;
  for (const first of ["news", "deletion"] as const) {
    const projectId = await system.project(PUBLISHED);
    const [holding, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const time = new Date("2026-11-23T01:02:03Z");
    const hold = sql.begin(async (tx) => {
      if (first === "news") await recordWork(tx, new Map([[projectId, time]]));
      else await setAside(tx, { projectId, revision: 2n }, 1n, time);
      holding.resolve();
      await release.promise;
    });
    await holding.promise;
    const second =
      first === "news"
        ? refusalOf(remove(projectId)).then(({ reason }) => reason)
        : sql.begin((tx) => recordWork(tx, new Map([[projectId, time]])));
    await expect.poll(() => waiting()).toBe(1);
    release.resolve();
    await hold;
    expect(await second).toBe(first === "news" ? "PROJECT_HAS_WORK" : undefined);
    const kept = await sql`select late_work_time from deleted_projects where project_id = ${projectId}`;
    expect(kept).toEqual(first === "news" ? [] : [{ late_work_time: time }]);
  }
});

test("tasks that nobody touched do not keep a project", async () => {
  const projectId = await system.project(PUBLISHED);
  const { sql } = system.database;
  await sql`insert into project_progress (project_id, tasks_total) values (${projectId}, 500)`;
  await remove(projectId);
  expect((await refusalOf(get(projectId))).reason).toBe("PROJECT_NOT_FOUND");
});

test("the same request again is answered as before, and twenty twins delete once", async () => {
  const projectId = await system.project(DRAFT);
  const requestId = randomUUID();
  const answers = await Promise.all(Array.from({ length: 20 }, () => remove(projectId, requestId)));
  expect(answers.filter((it) => it.acknowledgement?.replayed === false)).toHaveLength(1);
  expect((await remove(projectId, requestId)).acknowledgement).toMatchObject({
    revision: 2n,
    replayed: true,
  });
});

test("work that arrives after the deletion is stored, and a deleted project is removed after 30 days", async () => {
  const { sql } = system.database;
  const [young, old] = [await system.project(DRAFT, EVERY_SETTING), await system.project(DRAFT)];
  await Promise.all([remove(young), remove(old)]);
  const late = new Date("2026-11-23T01:02:03Z");
  await sql.begin((tx) => recordWork(tx, new Map([[young, late]])));
  const [kept] = await sql`
    select late_work_time, project ->> 'name' as name, teams, users from deleted_projects where project_id = ${young}`;
  expect(kept).toMatchObject({
    late_work_time: late,
    name: "Palín",
    teams: [{ team_id: 4 }, { team_id: 7 }],
    users: [{ user_id: 3 }, {}],
  });
  await sql`update deleted_projects set delete_time = now() - interval '31 days' where project_id = ${old}`;
  expect(await forgetDeletedProjects(sql)).toBe(1);
  expect(await forgetDeletedProjects(sql)).toBe(0);
  const left = await sql`select from deleted_projects where project_id in (${young}, ${old})`;
  expect(left).toHaveLength(1);
});

async function waiting(): Promise<number> {
  const { sql } = system.database;
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}
