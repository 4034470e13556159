import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { CloneProjectRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonName } from "../testing/auth.ts";
import { EVERY_SETTING } from "../testing/settings.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { nameOfClone } from "./clone.ts";

const { DRAFT, PUBLISHED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
  system.auth.belongs("beginner", { organisations: [7] });
});

afterAll(() => system.stop());

type Fields = MessageInitShape<typeof CloneProjectRequestSchema>;

const clone = async (projectId: number, fields: Fields = {}, person: PersonName = "administrator") => {
  const request = { requestId: randomUUID(), projectId, ...fields };
  const { acknowledgement } = await system.client.cloneProject(request, system.as(person));
  return { acknowledgement, cloneId: Number(acknowledgement?.name.split("/")[1]) };
};
const read = async (projectId: number, person: PersonName = "administrator") =>
  (await system.client.getProject({ projectId }, system.as(person))).project as Project;

test("a clone has everything but the status, what it came from and the times", async () => {
  const projectId = await system.project(PUBLISHED, EVERY_SETTING);
  const { sql } = system.database;
  await sql`update projects set source = 'tm', external_id = '54' where project_id = ${projectId}`;
  const original = await read(projectId);
  const { acknowledgement, cloneId } = await clone(projectId, {}, "otherAdministrator");
  expect(acknowledgement).toMatchObject({ revision: 1n, replayed: false });
  const { commitTime } = acknowledgement ?? {};
  expect(await read(cloneId)).toEqual({
    ...original,
    projectId: cloneId,
    name: "Copy of Palín",
    status: DRAFT,
    authorUserId: 2n,
    createTime: commitTime,
    updateTime: commitTime,
    revision: 1n,
    source: undefined,
    externalId: undefined,
  });
  expect(await read(projectId)).toEqual(original);
});

test("a clone has the requested name and organisation", async () => {
  const projectId = await system.project(PUBLISHED, { organisationId: 8 });
  const { cloneId } = await clone(projectId, { name: "Palín II", withoutOrganisation: true });
  const { name, organisationId } = await read(cloneId);
  expect([name, organisationId]).toEqual(["Palín II", undefined]);
  expect(await read((await clone(projectId)).cloneId)).toMatchObject({ organisationId: 8 });
});

test("a manager of an organisation clones what is public for it, and does not learn who may see the original", async () => {
  const projectId = await system.project(PUBLISHED, { organisationId: 8, allowedUserIds: [4n, 5n] });
  const refusal = await refusalOf(clone(projectId, {}, "beginner"));
  expect(refusal.reason).toBe("CREATION_NOT_PERMITTED");
  const { cloneId } = await clone(projectId, { organisationId: 7 }, "beginner");
  expect(await read(cloneId, "beginner")).toMatchObject({
    authorUserId: 3n,
    organisationId: 7,
    allowedUserIds: [],
  });
});

test("an organisation that is not there gets no clone", async () => {
  const projectId = await system.project(PUBLISHED);
  const refusal = await refusalOf(clone(projectId, { organisationId: 999 }));
  expect(refusal).toMatchObject({ reason: "ORGANISATION_NOT_FOUND", metadata: { organisation_id: "999" } });
});

test("the same request again makes no other clone, and twenty twins make one", async () => {
  const projectId = await system.project(PUBLISHED);
  const requestId = randomUUID();
  const before = await system.count("projects");
  const answers = await Promise.all(Array.from({ length: 20 }, () => clone(projectId, { requestId })));
  expect(answers.filter((it) => it.acknowledgement?.replayed === false)).toHaveLength(1);
  expect(new Set(answers.map((it) => it.cloneId)).size).toBe(1);
  expect((await clone(projectId, { requestId })).acknowledgement?.replayed).toBe(true);
  expect(await system.count("projects")).toBe(before + 1);
});

test("a clone has one event, and its original none", async () => {
  const projectId = await system.project(DRAFT);
  const { cloneId } = await clone(projectId);
  const { sql } = system.database;
  const events = await sql`
    select project_id, revision, kind from project_events where project_id in (${projectId}, ${cloneId}) order by 1`;
  expect(events).toEqual([
    { project_id: projectId, revision: 1n, kind: 1 },
    { project_id: cloneId, revision: 1n, kind: 1 },
  ]);
});

test("a clone has a name that every project may have", async () => {
  const refusal = await refusalOf(clone(1, { name: "a\u202eb" }));
  expect(refusal).toMatchObject({ reason: "FIELD_INVALID", violations: [{ field: "name" }] });
});

test("a name that is too long for a copy is cut between characters", () => {
  const name = nameOfClone(undefined, "🌋".repeat(200));
  expect(Array.from(name)).toHaveLength(200);
  expect(name.endsWith("🌋")).toBe(true);
});
