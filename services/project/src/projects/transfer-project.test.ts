import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { TransferProjectRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonName } from "../testing/auth.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

const { DRAFT, PUBLISHED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
  system.auth.belongs("beginner", { organisations: [7, 8] });
  system.auth.belongs("advanced", { organisations: [9] });
});

afterAll(() => system.stop());

type Fields = MessageInitShape<typeof TransferProjectRequestSchema>;

const transfer = (projectId: number, fields: Fields, person: PersonName = "administrator") => {
  const request = { requestId: randomUUID(), projectId, expectedRevision: 1n, ...fields };
  return system.client.transferProject(request, system.as(person));
};
const read = async (projectId: number) =>
  (await system.client.getProject({ projectId }, system.as("administrator"))).project as Project;

test("an administrator gives a project to another author and organisation", async () => {
  const projectId = await system.project(DRAFT);
  const before = await read(projectId);
  const { acknowledgement } = await transfer(projectId, { authorUserId: 4n, organisationId: 7 });
  expect(acknowledgement).toMatchObject({ name: `projects/${projectId}`, revision: 2n });
  const { commitTime: updateTime } = acknowledgement ?? {};
  const after = { ...before, authorUserId: 4n, organisationId: 7, revision: 2n, updateTime };
  expect(await read(projectId)).toEqual(after);
  await transfer(projectId, { withoutOrganisation: true, expectedRevision: 2n });
  const { authorUserId, organisationId } = await read(projectId);
  expect([authorUserId, organisationId]).toEqual([4n, undefined]);
  const { sql } = system.database;
  const events = await sql`
    select kind, fields, access_changed from project_events where project_id = ${projectId} and revision = 2`;
  expect(events).toEqual([{ kind: 10, fields: ["author_user_id", "organisation_id"], access_changed: true }]);
});

test("a manager takes a project over for an organisation of theirs, and gives none away", async () => {
  const projectId = await system.project(PUBLISHED, { organisationId: 7 });
  expect(await refusalOf(transfer(projectId, { organisationId: 9 }, "beginner"))).toMatchObject({
    reason: "TRANSFER_NOT_PERMITTED",
    metadata: { project_id: String(projectId), organisation_id: "9" },
  });
  expect((await refusalOf(transfer(projectId, { withoutOrganisation: true }, "beginner"))).reason).toBe(
    "TRANSFER_NOT_PERMITTED",
  );
  expect((await refusalOf(transfer(projectId, { organisationId: 9 }, "advanced"))).reason).toBe(
    "NOT_MANAGER",
  );
  await transfer(projectId, { organisationId: 8, authorUserId: 3n, expectedRevision: 2n }, "beginner");
  expect(await read(projectId)).toMatchObject({ organisationId: 8, authorUserId: 3n });
});

test("the new author of a project must exist", async () => {
  const projectId = await system.project(DRAFT);
  expect((await refusalOf(transfer(projectId, { authorUserId: 999n }))).reason).toBe("USER_NOT_FOUND");
  expect((await refusalOf(transfer(projectId, { organisationId: 999 }))).reason).toBe(
    "ORGANISATION_NOT_FOUND",
  );
});

test("of twenty transfers from one revision one is made", async () => {
  const projectId = await system.project(DRAFT);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => transfer(projectId, { organisationId: i + 1 })),
  );
  expect(outcomes.filter((it) => it.status === "fulfilled")).toHaveLength(1);
  const refused = outcomes.filter((it) => it.status === "rejected");
  for (const { reason } of refused) {
    expect((await refusalOf(Promise.reject(reason))).reason).toBe("PROJECT_CHANGED");
  }
  expect((await read(projectId)).revision).toBe(2n);
});

test("the same request again transfers nothing", async () => {
  const projectId = await system.project(DRAFT);
  const same = { requestId: randomUUID(), organisationId: 7 };
  await transfer(projectId, same);
  await transfer(projectId, { organisationId: 8, expectedRevision: 2n });
  expect((await transfer(projectId, same)).acknowledgement).toMatchObject({ revision: 2n, replayed: true });
  expect((await read(projectId)).organisationId).toBe(8);
});

test("a transfer to nobody is malformed", async () => {
  expect((await refusalOf(transfer(1, {}))).reason).toBe("FIELD_INVALID");
});
