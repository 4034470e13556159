import { randomUUID } from "node:crypto";
import { isFieldSet } from "@bufbuild/protobuf";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { TaskSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProject, cut, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** What lists of projects do not carry, and what they say of it if they do. */
const TEXTS = {
  description: "About the flood",
  instructions: "First the roofs",
  taskInstructions: "Square by square",
};
const LEFT_OUT = [
  "description",
  "instructions",
  "task_instructions",
  "area",
  "priority_areas",
  "allowed_user_ids",
];
let system: TestSystem;
let admin: Headers;
let projectId: number;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  const translations = [{ language: "pt", name: "Chão", ...TEXTS }];
  await system.project.updateProject(
    {
      requestId: randomUUID(),
      project: { projectId, ...TEXTS, translations, allowedUserIds: [1n] },
      updateMask: {
        paths: ["description", "instructions", "task_instructions", "translations", "allowed_user_ids"],
      },
      expectedRevision: 2n,
    },
    admin,
  );
  await cut(system, admin, projectId, 12);
});
afterAll(() => system.stop());

const get = async (path: string) => (await fetch(`${system.url}/v1/${path}`, admin)).text();
const leftIn = (document: object) => Object.keys(document).filter((name) => LEFT_OUT.includes(name));

describe("a list of projects has no long texts", () => {
  const expectNone = (text: string) => {
    expect(text).toContain("Ground");
    for (const long of Object.values(TEXTS)) expect(text).not.toContain(long);
  };

  test("over gRPC", async () => {
    const { projects } = await system.project.listProjects({}, admin);
    expect(projects[0]).toMatchObject({ projectId, name: "Ground", allowedUserIds: [] });
    const { description, instructions, taskInstructions, area, translations } = projects[0] ?? {};
    expect([description, instructions, taskInstructions, area]).toEqual(Array(4).fill(undefined));
    expect(translations).toMatchObject([{ language: "pt", name: "Chão" }]);
    expect(translations?.[0]?.description).toBeUndefined();
  });

  test("in JSON", async () => {
    const text = await get("projects");
    expectNone(text);
    const { projects } = JSON.parse(text);
    expect(leftIn(projects[0])).toEqual([]);
    expect(projects[0].translations).toEqual([{ language: "pt", name: "Chão", short_description: "" }]);
  });

  test("in GeoJSON", async () => {
    const text = await get("projects?f=geojson");
    expectNone(text);
    expect(leftIn(JSON.parse(text).features[0].properties)).toEqual([]);
  });

  test("in CSV", async () => {
    const text = await get("projects?f=csv");
    expectNone(text);
    const columns = text.slice(0, text.indexOf("\r\n")).split(",");
    expect(columns).toContain("short_description");
    expect(columns.filter((name) => LEFT_OUT.includes(name))).toEqual([]);
  });

  test("which the project itself has", async () => {
    const project = JSON.parse(await get(`projects/${projectId}`));
    expect(project).toMatchObject({
      description: TEXTS.description,
      task_instructions: TEXTS.taskInstructions,
      allowed_user_ids: ["1"],
      translations: [{ instructions: TEXTS.instructions }],
    });
  });
});

describe("a list of the numbers of tasks has nothing else", () => {
  test("over gRPC", async () => {
    const { tasks } = await system.task.listTasks({ projectId, view: TaskView.ID }, admin);
    const names = tasks.map((task) =>
      TaskSchema.fields.filter((it) => isFieldSet(task, it)).map((it) => it.name),
    );
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual(tasks.map(() => ["project_id", "task_id"]));
  });

  test("over REST", async () => {
    const { tasks } = JSON.parse(await get(`projects/${projectId}/tasks?view=TASK_VIEW_ID`));
    expect(tasks.length).toBeGreaterThan(0);
    expect(tasks).toEqual(tasks.map((_: object, i: number) => ({ project_id: projectId, task_id: i + 1 })));
  });
});
