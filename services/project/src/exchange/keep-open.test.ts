import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  Permission,
  ProjectStatus,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { square, type TestSystem, testSystem } from "../testing/system.ts";
import { taskingManagerDocument } from "../testing/tasking-manager.ts";

const { PUBLISHED } = ProjectStatus;
let system: TestSystem;
let made = 0;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const newId = () => `p${++made}`;
const importing = (externalId: string, document: object) =>
  system.exchange.importProject(
    { requestId: randomUUID(), source: "other.example", externalId, document: document as never },
    system.as("administrator"),
  );
const theirs = (changes: object = {}) => ({
  case: "taskingManagerProject",
  value: JSON.stringify(taskingManagerDocument(changes)),
});
const ours = (team: { name: string; role: ProjectRole }) => ({
  case: "profile",
  value: {
    project: { name: "Imported", area: square(), validationPermission: Permission.TEAMS },
    organisationName: "Organisation 7",
    teams: [team],
  },
});
const idIn = (answer: Awaited<ReturnType<typeof importing>>) =>
  Number(answer.acknowledgement?.name.split("/")[1]);
const read = async (projectId: number) =>
  (await system.client.getProject({ projectId }, system.as("administrator"))).project;

test("a second import does not close the work in a published project to all but its managers, and says so", async () => {
  const id = newId();
  const projectId = idIn(await importing(id, theirs()));
  const { ANY, TEAMS_LEVEL } = Permission;
  await system.set(projectId, { mappingPermission: ANY, validationPermission: ANY, status: PUBLISHED });
  const again = await importing(id, theirs({ imagery: "Bing" }));
  expect(again.skipped.map(({ field }) => field)).toEqual(
    expect.arrayContaining([
      "organisation_name",
      "teams[0]",
      "teams[1]",
      "mappingPermission",
      "validationPermission",
    ]),
  );
  expect(await read(projectId)).toMatchObject({
    imagery: "Bing",
    mappingPermission: ANY,
    validationPermission: ANY,
  });
  // With teams of its own it follows the document.
  const teams = [create(ProjectTeamSchema, { teamId: 7, role: ProjectRole.VALIDATOR })];
  await system.set(projectId, { teams });
  const { skipped } = await importing(id, theirs({ imagery: "Maxar" }));
  expect(skipped.map(({ field }) => field)).not.toContain("validationPermission");
  expect(await read(projectId)).toMatchObject({ validationPermission: TEAMS_LEVEL, teams: [{ teamId: 7 }] });
});

test("a second import does not take the last team away that may do the work", async () => {
  const id = newId();
  const name = "Team 4";
  const projectId = idIn(await importing(id, ours({ name, role: ProjectRole.VALIDATOR })));
  await system.set(projectId, { status: PUBLISHED });
  const again = await importing(id, ours({ name, role: ProjectRole.MAPPER }));
  expect(again.skipped.map(({ field }) => field)).toEqual(["teams"]);
  expect(await read(projectId)).toMatchObject({
    validationPermission: Permission.TEAMS,
    teams: [{ teamId: 7, role: ProjectRole.VALIDATOR }],
  });
});
