import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "./test-system.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const accessOf = async (projectId: number, options = {}) =>
  (await system.client.getAccess({ projectId }, options)).access;

test("an anonymous caller reads, and is told to sign in for the rest, without auth being asked", async () => {
  const projectId = await system.project(PUBLISHED, { lockSeconds: 900 });
  const before = system.auth.asked();
  const refused = { permitted: false, reason: Reason.SIGN_IN_REQUIRED };
  expect(await accessOf(projectId)).toMatchObject({
    projectId,
    userId: 0n,
    role: ProjectRole.VIEWER,
    mapping: refused,
    validation: refused,
    management: refused,
    lockSeconds: 900,
    revision: 2n,
  });
  expect(system.auth.asked()).toBe(before);
});

test("a level counts as auth has it", async () => {
  const projectId = await system.project(PUBLISHED, { mappingPermission: Permission.LEVEL });
  expect(await accessOf(projectId, system.as("intermediate"))).toMatchObject({
    userId: 4n,
    role: ProjectRole.VALIDATOR,
    mapping: { permitted: true, reason: Reason.UNSPECIFIED },
    validation: { permitted: true },
    management: { permitted: false, reason: Reason.NOT_MANAGER },
  });
  expect(await accessOf(projectId, system.as("beginner"))).toMatchObject({
    role: ProjectRole.VIEWER,
    mapping: {
      permitted: false,
      reason: Reason.LEVEL_TOO_LOW,
      metadata: { project_id: String(projectId), level: "BEGINNER", required_level: "INTERMEDIATE" },
    },
  });
});

test("an archived project stops everybody's work, and is managed still", async () => {
  const projectId = await system.project(ARCHIVED);
  expect(await accessOf(projectId, system.as("administrator"))).toMatchObject({
    role: ProjectRole.MANAGER,
    mapping: { reason: Reason.PROJECT_ARCHIVED, metadata: { project_id: String(projectId) } },
    validation: { reason: Reason.PROJECT_ARCHIVED },
    management: { permitted: true },
  });
});

test("a draft is there for its managers alone", async () => {
  const projectId = await system.project(DRAFT);
  expect(await accessOf(projectId, system.as("otherAdministrator"))).toMatchObject({
    mapping: { permitted: true },
    management: { permitted: true },
  });
  for (const options of [{}, system.as("advanced")]) {
    for (const absent of [projectId, 2_000_000]) {
      expect(await refusalOf(accessOf(absent, options))).toMatchObject({
        reason: "PROJECT_NOT_FOUND",
        metadata: { project_id: String(absent) },
      });
    }
  }
});

test("a change of the project shows in the next answer", async () => {
  const projectId = await system.project(PUBLISHED);
  const before = await accessOf(projectId, system.as("beginner"));
  const revision = await system.set(projectId, { status: ARCHIVED });
  const after = await accessOf(projectId, system.as("beginner"));
  expect([before?.mapping?.permitted, after?.mapping?.permitted]).toEqual([true, false]);
  expect(after?.revision).toBe(revision);
});
