import { randomUUID } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureOf, refusalOf, square, type TestSystem, testSystem } from "./testing/system.ts";

const { DRAFT, PUBLISHED } = ProjectStatus;
let system: TestSystem;
let published: number;
let draft: number;
const answered = { requestId: randomUUID(), project: { name: "Escuintla", area: square() } };

beforeAll(async () => {
  system = await testSystem();
  published = await system.project(PUBLISHED);
  draft = await system.project(DRAFT);
  await system.client.createProject(answered, system.as("administrator"));
  await system.client.getAccess({ projectId: published }, system.as("intermediate"));
  await system.auth.stop();
});

afterAll(() => system.stop());

test("calls that need no answer of auth continue, for valid tokens", async () => {
  for (const options of [{}, system.as("beginner")]) {
    expect((await system.client.getProject({ projectId: published }, options)).project?.projectId).toBe(
      published,
    );
    const { projects } = await system.client.listProjects({}, options);
    expect(projects.map((it) => it.projectId)).toEqual([published]);
  }
  expect((await system.client.getAccess({ projectId: published })).access?.projectId).toBe(published);
});

test("an author still reads and changes the project", async () => {
  const { project } = await system.client.getProject({ projectId: draft }, system.as("administrator"));
  const { acknowledgement } = await system.client.updateProject(
    {
      requestId: randomUUID(),
      project: { projectId: draft, name: "Palín" },
      updateMask: { paths: ["name"] },
      expectedRevision: project?.revision as bigint,
    },
    system.as("administrator"),
  );
  expect(acknowledgement?.revision).toBe(2n);
});

test("a command that was answered is answered again", async () => {
  const { acknowledgement } = await system.client.createProject(answered, system.as("administrator"));
  expect(acknowledgement?.replayed).toBe(true);
});

test("what does need it fails without a reason, and a draft looks like a project that is not there", async () => {
  const beginner = system.as("beginner");
  const other = system.as("otherAdministrator");
  const calls = [
    () => system.client.getProject({ projectId: draft }, beginner),
    () => system.client.getProject({ projectId: 2_000_000 }, beginner),
    () => system.client.getAccess({ projectId: published }, beginner),
    () => system.client.createProject({ ...answered, requestId: randomUUID() }, other),
  ];
  for (const call of calls) {
    const error = await failureOf(call());
    expect(error.code).toBe(Code.Unavailable);
    expect(refusalIn(error)).toBeUndefined();
  }
});

test("a known user stays known, and gets nothing fresh", async () => {
  const known = system.as("intermediate");
  const { access } = await system.client.getAccess({ projectId: published }, known);
  expect(access?.mapping?.permitted).toBe(true);
  expect((await refusalOf(system.client.getProject({ projectId: draft }, known))).reason).toBe(
    "PROJECT_NOT_FOUND",
  );
  const fresh = system.client.getAccess({ projectId: published, maxAge: durationOf(0) }, known);
  expect((await failureOf(fresh)).code).toBe(Code.Unavailable);
});
