import { randomUUID } from "node:crypto";
import { durationOf } from "@tessera/contracts/duration.ts";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { Permission, type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonName } from "../testing/auth.ts";
import { EVERY_SETTING } from "../testing/settings.ts";
import { circle, refusalOf, square, type TestSystem, testSystem } from "../testing/system.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const request = (
  projectId: number,
  expectedRevision: bigint,
  fields: Partial<Project> = { name: "Palín" },
) => ({
  requestId: randomUUID(),
  project: { ...fields, projectId } as Project,
  updateMask: {
    paths: Object.keys(fields).map((name) => name.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`)),
  },
  expectedRevision,
});
const update = (it: ReturnType<typeof request>, person: PersonName = "administrator") =>
  system.client.updateProject(it, system.as(person));
const read = async (projectId: number) =>
  (await system.client.getProject({ projectId }, system.as("administrator"))).project as Project;

test("what the mask names is set, and the rest stays", async () => {
  const projectId = await system.project(DRAFT, { description: "about", lockDuration: durationOf(900) });
  const before = await read(projectId);
  const { acknowledgement } = await update(
    request(projectId, 1n, { name: "Palín", mappingPermission: Permission.LEVEL }),
  );
  expect(acknowledgement).toMatchObject({ name: `projects/${projectId}`, revision: 2n, replayed: false });
  expect(await read(projectId)).toEqual({
    ...before,
    name: "Palín",
    mappingPermission: Permission.LEVEL,
    revision: 2n,
    updateTime: acknowledgement?.commitTime,
  });
});

test("a field that is named and unset goes back to its default", async () => {
  const projectId = await system.project(DRAFT, { description: "about", lockDuration: durationOf(900) });
  const unset = { ...request(projectId, 1n, {}), updateMask: { paths: ["description", "lock_duration"] } };
  await update(unset);
  expect(await read(projectId)).toMatchObject({ description: "", lockDuration: durationOf(7_200) });
});

test("every field that may be changed is written and read again, and others stay as they are", async () => {
  const projectId = await system.project(DRAFT);
  const before = await read(projectId);
  const { acknowledgement } = await update(request(projectId, 1n, EVERY_SETTING));
  const expected = { ...before, ...EVERY_SETTING, revision: 2n, updateTime: acknowledgement?.commitTime };
  expect(await read(projectId)).toEqual(expected);
  await update(request(projectId, 2n, { name: "Palín" }));
  expect(await read(projectId)).toMatchObject(EVERY_SETTING);
  await update(
    request(projectId, 3n, { teams: [], allowedUserIds: [5n], translations: [], dueTime: undefined }),
  );
  expect(await read(projectId)).toMatchObject({ teams: [], allowedUserIds: [5n], translations: [] });
  expect((await read(projectId)).dueTime).toBeUndefined();
});

test("priority areas lie in the area of interest", async () => {
  const projectId = await system.project(DRAFT);
  const tries = [
    [square(0.1, 10.05, 20), "PRIORITY_AREAS_OUTSIDE"],
    [square(0.05, 11, 20), "PRIORITY_AREAS_OUTSIDE"],
    [circle(10_001, 0.01), "AREA_TOO_LARGE"],
    [{ ...square(), ringLengths: [4] }, "AREA_INVALID"],
  ] as [MultiPolygon, string][];
  for (const [priorityAreas, reason] of tries) {
    const refusal = await refusalOf(update(request(projectId, 1n, { priorityAreas })));
    expect(refusal).toMatchObject({ reason, violations: [{ field: "project.priority_areas" }] });
  }
  const outside = await refusalOf(update(request(projectId, 1n, { priorityAreas: square(0.1, 10.05, 20) })));
  const { longitude, latitude } = outside.metadata as Record<string, string>;
  expect(Number(longitude)).toBeGreaterThan(10.1);
  expect(Number(latitude)).toBeGreaterThan(20);
  await update(request(projectId, 1n, { priorityAreas: square() }));
});

test("a licence must be there", async () => {
  const projectId = await system.project(DRAFT);
  const { sql } = system.database;
  const [licence] = await sql<{ licence_id: number }[]>`
    insert into licences (name, description, plain_text, create_time, update_time)
    values ('CC0', '', '', now(), now()) returning licence_id`;
  const { licence_id: licenceId } = licence as { licence_id: number };
  await update(request(projectId, 1n, { licenceId }));
  expect((await read(projectId)).licenceId).toBe(licenceId);
  expect(await refusalOf(update(request(projectId, 2n, { licenceId: 9_999 })))).toMatchObject({
    reason: "LICENCE_NOT_FOUND",
    metadata: { licence_id: "9999" },
  });
  await update(request(projectId, 2n, { licenceId: undefined }));
});

test("a default language that is among the stored translations is refused", async () => {
  const translations = EVERY_SETTING.translations;
  const projectId = await system.project(DRAFT, { defaultLanguage: "pt-BR", translations });
  const refusal = await refusalOf(update(request(projectId, 1n, { defaultLanguage: "zh-Hant-TW" })));
  expect(refusal).toMatchObject({
    reason: "FIELD_INVALID",
    violations: [{ field: "project.translations[1].language", rule: "language.default" }],
  });
});

test("a project is published, archived, reopened and drafted again", async () => {
  const projectId = await system.project(DRAFT);
  let revision = 1n;
  for (const status of [PUBLISHED, ARCHIVED, PUBLISHED, DRAFT, DRAFT]) {
    const { acknowledgement } = await update(request(projectId, revision, { status }));
    revision += 1n;
    expect(acknowledgement?.revision).toBe(revision);
    expect((await read(projectId)).status).toBe(status);
  }
});

test("a draft cannot be archived, nor an archived project drafted", async () => {
  const draft = await system.project(DRAFT);
  expect(await refusalOf(update(request(draft, 1n, { status: ARCHIVED })))).toMatchObject({
    reason: "STATUS_NOT_REACHABLE",
    metadata: { from: "DRAFT", to: "ARCHIVED" },
  });
  const archived = await system.project(ARCHIVED);
  expect(await refusalOf(update(request(archived, 3n, { status: DRAFT })))).toMatchObject({
    reason: "STATUS_NOT_REACHABLE",
    metadata: { from: "ARCHIVED", to: "DRAFT" },
  });
});

test("a change from another revision is refused and nothing is changed", async () => {
  const projectId = await system.project(PUBLISHED);
  for (const expected of [1n, 3n]) {
    const refusal = await refusalOf(update(request(projectId, expected, { status: DRAFT, name: "Late" })));
    expect(refusal).toMatchObject({
      reason: "PROJECT_CHANGED",
      metadata: { expected_revision: String(expected), revision: "2" },
    });
  }
  expect(await read(projectId)).toMatchObject({ name: "Escuintla", status: PUBLISHED, revision: 2n });
});

test("the same request again changes nothing, even after others changed the project", async () => {
  const projectId = await system.project(DRAFT);
  const same = request(projectId, 1n);
  const first = await update(same);
  await update(request(projectId, 2n, { name: "Other" }));
  const again = await update(same);
  expect(again.acknowledgement).toEqual({ ...first.acknowledgement, replayed: true });
  expect(await read(projectId)).toMatchObject({ name: "Other", revision: 3n });
  const reused = await refusalOf(update({ ...same, expectedRevision: 3n }));
  expect(reused).toMatchObject({ reason: "REQUEST_ID_REUSED", metadata: { request_id: same.requestId } });
});

test("a request id belongs to its project", async () => {
  const [one, other] = [await system.project(DRAFT), await system.project(DRAFT)];
  const requestId = randomUUID();
  await update({ ...request(one, 1n), requestId });
  const { acknowledgement } = await update({ ...request(other, 1n), requestId });
  expect(acknowledgement).toMatchObject({ name: `projects/${other}`, replayed: false });
});

test("twenty twins at once make one change", async () => {
  const projectId = await system.project(DRAFT);
  const same = request(projectId, 1n);
  const answers = await Promise.all(Array.from({ length: 20 }, () => update(same)));
  expect(answers.filter((it) => it.acknowledgement?.replayed === false)).toHaveLength(1);
  for (const { acknowledgement } of answers) {
    expect({ ...acknowledgement, replayed: true }).toEqual({
      ...answers[0]?.acknowledgement,
      replayed: true,
    });
  }
  expect((await read(projectId)).revision).toBe(2n);
});

test("of twenty changes from one revision one is made, and the others learn the new revision", async () => {
  const projectId = await system.project(DRAFT);
  const calls = Array.from({ length: 20 }, (_, i) => update(request(projectId, 1n, { name: `Name ${i}` })));
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.filter((it) => it.status === "fulfilled")).toHaveLength(1);
  for (const call of calls) {
    const done = await call.then(
      () => true,
      () => false,
    );
    if (!done) {
      expect(await refusalOf(call)).toMatchObject({ reason: "PROJECT_CHANGED", metadata: { revision: "2" } });
    }
  }
  expect((await read(projectId)).revision).toBe(2n);
});

test("a command that writes after another decides anew", async () => {
  const projectId = await system.project(PUBLISHED);
  const { sql } = system.database;
  const holding = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const other = sql.begin(async (transaction) => {
    await transaction`update projects set revision = revision + 1, status = ${ARCHIVED} where project_id = ${projectId}`;
    holding.resolve();
    await release.promise;
  });
  await holding.promise;
  const call = update(request(projectId, 2n, { status: DRAFT }));
  call.catch(() => {});
  await expect.poll(() => waiting()).toBe(1);
  release.resolve();
  await other;
  expect(await refusalOf(call)).toMatchObject({ reason: "PROJECT_CHANGED", metadata: { revision: "3" } });
  expect(await read(projectId)).toMatchObject({ status: ARCHIVED, revision: 3n });
});

test("twins that wait for the same row come to one change", async () => {
  const projectId = await system.project(DRAFT);
  const { sql } = system.database;
  const holding = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const other = sql.begin(async (transaction) => {
    await transaction`select from projects where project_id = ${projectId} for update`;
    holding.resolve();
    await release.promise;
  });
  await holding.promise;
  const same = request(projectId, 1n);
  const twins = Promise.all([update(same), update(same)]);
  await expect.poll(() => waiting()).toBe(2);
  release.resolve();
  await other;
  const replayed = (await twins).map((it) => it.acknowledgement?.replayed);
  expect(replayed.sort()).toEqual([false, true]);
  expect((await read(projectId)).revision).toBe(2n);
});

test("only managers change a project, and to others a draft is not there", async () => {
  const published = await system.project(PUBLISHED);
  const draft = await system.project(DRAFT);
  for (const person of ["beginner", "advanced"] as const) {
    expect(await refusalOf(update(request(published, 1n, { status: ARCHIVED }), person))).toMatchObject({
      reason: "NOT_MANAGER",
      metadata: { project_id: String(published) },
    });
    expect(await refusalOf(update(request(draft, 1n), person))).toMatchObject({
      reason: "PROJECT_NOT_FOUND",
      metadata: { project_id: String(draft) },
    });
  }
  await update(request(draft, 1n), "otherAdministrator");
});

test("an author who is no administrator manages the project", async () => {
  const projectId = await system.project(DRAFT);
  const { sql } = system.database;
  await sql`update projects set author_user_id = 3 where project_id = ${projectId}`;
  const before = system.auth.asked();
  const { acknowledgement } = await update(request(projectId, 1n), "beginner");
  expect(acknowledgement?.revision).toBe(2n);
  expect(system.auth.asked()).toBe(before);
});

test("a project that is not there is not found, for administrators too", async () => {
  const refusal = await refusalOf(update(request(2_147_483_647, 1n)));
  expect(refusal).toMatchObject({ reason: "PROJECT_NOT_FOUND", metadata: { project_id: "2147483647" } });
});

test.each([
  ["no mask", { updateMask: { paths: [] as string[] } }],
  ["a field that the service sets", { updateMask: { paths: ["revision"] } }],
  ["the area", { updateMask: { paths: ["area"] } }],
  ["a part of a field", { updateMask: { paths: ["name.first"] } }],
  ["a name that is unset", { project: { projectId: 1 } as Project }],
  ["no project's id", { project: { name: "x" } as Project }],
  ["no revision", { expectedRevision: 0n }],
])("a request with %s is malformed", async (_, fields) => {
  const refusal = await refusalOf(update({ ...request(1, 1n), ...fields }));
  expect(refusal.reason).toBe("FIELD_INVALID");
});

async function waiting(): Promise<number> {
  const { sql } = system.database;
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and application_name = 'project' and wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}
