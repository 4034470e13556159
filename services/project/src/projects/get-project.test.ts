import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureOf, refusalOf, square, type TestSystem, testSystem } from "../testing/system.ts";

const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

test.each([PUBLISHED, ARCHIVED])(
  "anybody reads a project of status %i, area included, and auth is not asked",
  async (status) => {
    const projectId = await system.project(status);
    const before = system.auth.asked();
    for (const options of [{}, system.as("beginner"), system.as("administrator")]) {
      const { project } = await system.client.getProject({ projectId }, options);
      expect(project).toMatchObject({ projectId, status, area: square() });
    }
    expect(system.auth.asked()).toBe(before);
  },
);

test("a draft is read by its managers", async () => {
  const projectId = await system.project(DRAFT);
  for (const person of ["administrator", "otherAdministrator"] as const) {
    const { project } = await system.client.getProject({ projectId }, system.as(person));
    expect(project?.status).toBe(DRAFT);
  }
});

test("to others a draft answers as a project that is not there, and both cost the same questions", async () => {
  const draft = await system.project(DRAFT);
  for (const options of [{}, system.as("beginner"), system.as("advanced")]) {
    const answers = [];
    // A caller is known for some seconds after the first call.
    await failureOf(system.client.getProject({ projectId: 2_000_001 }, options));
    for (const projectId of [draft, 2_000_000]) {
      const before = system.auth.asked();
      const error = await failureOf(system.client.getProject({ projectId }, options));
      const details = JSON.stringify(error.details).replaceAll(String(projectId), "?");
      const { reason, metadata } = await refusalOf(Promise.reject(error));
      expect(reason).toBe("PROJECT_NOT_FOUND");
      expect(metadata).toEqual({ project_id: String(projectId) });
      answers.push({
        code: error.code,
        message: error.message,
        details: details.length > 0,
        asked: system.auth.asked() - before,
      });
    }
    expect(answers[0]).toEqual(answers[1]);
  }
});

test("a deleted person is refused, and learns nothing of the project", async () => {
  const projectId = await system.project(DRAFT);
  const refusal = await refusalOf(system.client.getProject({ projectId }, system.as("gone")));
  expect(refusal.reason).toBe("TOKEN_INVALID");
});

test.each([0, -1])("%i is no project's id", async (projectId) => {
  expect((await refusalOf(system.client.getProject({ projectId }))).reason).toBe("FIELD_INVALID");
});
