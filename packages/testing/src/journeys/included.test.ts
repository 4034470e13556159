import { randomUUID } from "node:crypto";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, cut, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let admin: Headers;
let mapper: Headers;
let projectId: number;
let draftId: number;
let organisationId: number;
let licenceId: number;

async function ask(method: string, path: string, who?: Headers, body?: object) {
  const response = await fetch(`${system.url}/v1/${path}`, {
    method,
    headers: { ...who?.headers, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: JSON.parse((await response.text()) || "null") };
}
const get = async (path: string, who?: Headers) => (await ask("GET", path, who)).json;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
  mapper = await system.signIn("mapper-1");
  const organisation = await ask("POST", "organisations", admin, { name: "Mapping Aid" });
  organisationId = organisation.json.organisation_id;
  const licence = { name: "NextView", description: "Imagery", plain_text: "Only map." };
  licenceId = (await ask("POST", "licences", admin, licence)).json.licence_id;
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  draftId = await createProject(system, admin, {}, []);
  await cut(system, admin, projectId, 12);
});
afterAll(() => system.stop());

test("projects come with their authors, organisations and licences", async () => {
  const { author_user_id: authorId, revision } = await get(`projects/${projectId}`, admin);
  await system.project.transferProject(
    { requestId: randomUUID(), projectId, organisationId, expectedRevision: BigInt(revision) },
    admin,
  );
  const licensed = { project: { projectId, licenceId }, updateMask: { paths: ["licence_id"] } };
  await system.project.updateProject(
    { requestId: randomUUID(), ...licensed, expectedRevision: BigInt(revision) + 1n },
    admin,
  );
  const include = "include=users,organisations,licences,teams";
  const { included } = await get(`projects/${projectId}?${include}`, mapper);
  expect(included).toMatchObject({
    users: [{ user_id: authorId, name: expect.any(String) }],
    organisations: [{ organisation_id: organisationId, name: "Mapping Aid" }],
    licences: [{ licence_id: licenceId, name: "NextView" }],
    teams: [],
  });
  const list = await get(`projects?${include}&f=geojson`, mapper);
  expect(list).toMatchObject({ type: "FeatureCollection", included: { users: [{ user_id: authorId }] } });
});

test("nobody who is not signed in sees people, but everybody sees organisations", async () => {
  const { included } = await get(`projects/${projectId}?include=users,organisations`);
  expect(included).toMatchObject({ users: [], organisations: [{ organisation_id: organisationId }] });
});

test("a lock comes with its holder, and with its project where its reader may see that", async () => {
  await ask("PUT", `licences/${licenceId}/acceptance`, mapper, {});
  const locked = await ask("PUT", `projects/${projectId}/tasks/1/lock?include=users,projects`, mapper, {
    purpose: "LOCK_PURPOSE_MAPPING",
  });
  const { holder_user_id: holderId } = locked.json;
  const users = [{ user_id: holderId }];
  expect(locked.json.included).toMatchObject({ users, projects: [{ project_id: projectId }] });
  const { included } = await get(`projects/${projectId}/tasks?include=users&fields=task_id,lock`, admin);
  expect(included).toMatchObject({ users });
});

test("projects are read by their numbers, each as its reader may see it", async () => {
  const both = `projects?project_ids=${draftId}&project_ids=${projectId}`;
  const all = await get(both, admin);
  expect(all.projects.map((it: { project_id: number }) => it.project_id)).toEqual([draftId, projectId]);
  const seen = await get(both, mapper);
  expect(seen).toMatchObject({ projects: [{ project_id: projectId }], missing_project_ids: [draftId] });
  expect(await get(both)).toMatchObject({ missing_project_ids: [draftId] });
});
