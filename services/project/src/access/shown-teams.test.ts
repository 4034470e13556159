import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestSystem, testSystem } from "../testing/system.ts";

const { MAPPER, MANAGER } = ProjectRole;
/** The teams of the project, of whose members nobody else has to know. */
const [MAPPERS, MANAGERS] = [71, 72];
let system: TestSystem;
let projectId: number;

beforeAll(async () => {
  system = await testSystem();
  system.auth.belongs("beginner", { teams: [MAPPERS, 99] });
  system.auth.belongs("intermediate", { teams: [MANAGERS] });
  projectId = await system.project(ProjectStatus.PUBLISHED);
  const { sql } = system.database;
  await sql`
    insert into project_teams (project_id, team_id, role)
    values (${projectId}, ${MAPPERS}, ${MAPPER}), (${projectId}, ${MANAGERS}, ${MANAGER})`;
});

afterAll(() => system.stop());

const READERS: [who: string, options: () => object, teams: number[]][] = [
  ["an administrator", () => system.as("administrator"), [MAPPERS, MANAGERS]],
  ["a manager by a team", () => system.as("intermediate"), [MAPPERS, MANAGERS]],
  ["a member of one team", () => system.as("beginner"), [MAPPERS]],
  ["somebody else", () => system.as("advanced"), []],
  ["nobody signed in", () => ({}), []],
];

test.each(READERS)("%s reads of a project's teams what the contract says", async (_, options, expected) => {
  const numbers = (teams: { teamId: number }[] = []) => teams.map(({ teamId }) => teamId).sort();
  const { project } = await system.client.getProject({ projectId }, options());
  expect(numbers(project?.teams)).toEqual(expected);
  const { projects } = await system.client.listProjects({}, options());
  expect(numbers(projects.find((it) => it.projectId === projectId)?.teams)).toEqual(expected);
});

test.each(READERS)("%s finds projects by no other team", async (_, options, expected) => {
  for (const teamId of [MAPPERS, MANAGERS]) {
    const { projects } = await system.client.listProjects({ teamIds: [teamId] }, options());
    expect(projects.map((it) => it.projectId)).toEqual(expected.includes(teamId) ? [projectId] : []);
  }
});
