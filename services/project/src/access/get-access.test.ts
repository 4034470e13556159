import { create } from "@bufbuild/protobuf";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  Permission,
  ProjectStatus,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const accessOf = async (projectId: number, options = {}) =>
  (await system.client.getAccess({ projectId }, options)).access;

test("an anonymous caller reads, and must sign in for the rest, without a call to auth", async () => {
  const projectId = await system.project(PUBLISHED, { lockDuration: durationOf(900) });
  const before = system.auth.asked();
  const refused = { permitted: false, reason: Reason.SIGN_IN_REQUIRED };
  const access = await accessOf(projectId);
  expect([access?.userId, access?.userRevision, access?.age]).toEqual([undefined, undefined, undefined]);
  expect(access).toMatchObject({
    projectId,
    role: ProjectRole.VIEWER,
    mapping: refused,
    validation: refused,
    management: refused,
    lockDuration: durationOf(900),
    revision: 2n,
  });
  expect(system.auth.asked()).toBe(before);
});

test("a level counts as auth has it", async () => {
  const projectId = await system.project(PUBLISHED, { mappingPermission: Permission.LEVEL });
  expect(await accessOf(projectId, system.as("intermediate"))).toMatchObject({
    userId: 4n,
    role: ProjectRole.VALIDATOR,
    mapping: { permitted: true },
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

test("a team's role counts as auth has the teams, at the returned version", async () => {
  const teams = [create(ProjectTeamSchema, { teamId: 31, role: ProjectRole.MAPPER })];
  const projectId = await system.project(PUBLISHED, { mappingPermission: Permission.TEAMS, teams });
  system.auth.belongs("advanced", { teams: [30] });
  const fresh = async () =>
    (await system.client.getAccess({ projectId, maxAge: durationOf(0) }, system.as("advanced"))).access;
  const before = await fresh();
  expect(before?.mapping).toMatchObject({
    reason: Reason.NOT_IN_TEAM,
    metadata: { project_id: String(projectId), role: "MAPPER" },
  });
  system.auth.belongs("advanced", { teams: [30, 31] });
  const after = await fresh();
  expect(after).toMatchObject({ role: ProjectRole.VALIDATOR, mapping: { permitted: true } });
  expect(after?.membershipVersion).toBe((before?.membershipVersion ?? 0n) + 1n);
});

test("a licence binds everybody until it is accepted, managers too", async () => {
  const { sql } = system.database;
  const [licence] = await sql<{ licence_id: number }[]>`
    insert into licences (name, description, plain_text, create_time, update_time)
    values ('Imagery', '', 'Be kind.', now(), now()) returning licence_id`;
  const licenceId = licence?.licence_id ?? 0;
  const projectId = await system.project(PUBLISHED, { licenceId });
  const refused = {
    reason: Reason.LICENCE_NOT_ACCEPTED,
    metadata: { project_id: String(projectId), licence_id: String(licenceId) },
  };
  for (const person of ["administrator", "intermediate"] as const) {
    expect(await accessOf(projectId, system.as(person))).toMatchObject({
      mapping: refused,
      validation: refused,
    });
  }
  await sql`insert into licence_acceptances (user_id, licence_id, accept_time) values (4, ${licenceId}, now())`;
  expect(await accessOf(projectId, system.as("intermediate"))).toMatchObject({
    mapping: { permitted: true },
  });
  expect(await accessOf(projectId, system.as("administrator"))).toMatchObject({ mapping: refused });
});

test("a known user is not read again for some seconds, unless the caller wants a fresher answer", async () => {
  const projectId = await system.project(PUBLISHED);
  const someone = system.as("otherAdministrator");
  const { access } = await system.client.getAccess({ projectId, maxAge: durationOf(0) }, someone);
  expect(access?.age).toBeDefined();
  const before = system.auth.asked();
  await Promise.all(Array.from({ length: 20 }, () => accessOf(projectId, someone)));
  expect(system.auth.asked()).toBe(before);
  await system.client.getAccess({ projectId, maxAge: durationOf(0) }, someone);
  expect(system.auth.asked()).toBe(before + 1);
});

test("twenty calls of somebody who is not known cost one question", async () => {
  const other = await testSystem();
  try {
    const projectId = await other.project(PUBLISHED);
    const before = other.auth.asked();
    const beginner = other.as("beginner");
    await Promise.all(Array.from({ length: 20 }, () => other.client.getAccess({ projectId }, beginner)));
    expect(other.auth.asked()).toBe(before + 1);
  } finally {
    await other.stop();
  }
});
