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
  "translations",
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
    expect(translations).toEqual([]);
  });

  test("in JSON", async () => {
    const text = await get("projects");
    expectNone(text);
    const { projects } = JSON.parse(text);
    expect(leftIn(projects[0])).toEqual([]);
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

describe("the fields that a request chooses are all that the rows of a list carry", () => {
  const chosen = async (path: string) => JSON.parse(await get(path));

  test("of projects, their long texts too", async () => {
    const { projects } = await chosen("projects?fields=project_id,description,translations");
    expect(projects).toEqual([
      {
        project_id: projectId,
        description: TEXTS.description,
        translations: [
          { language: "pt", name: "Chão", short_description: "", description: TEXTS.description },
        ],
      },
    ]);
  });

  test("of projects, over gRPC", async () => {
    const fields = { paths: ["name", "allowed_user_ids"] };
    const { projects } = await system.project.listProjects({ fields }, admin);
    expect(projects).toMatchObject([{ name: "Ground", allowedUserIds: [1n], projectId: 0, revision: 0n }]);
    expect(projects[0]?.boundingBox).toBeUndefined();
  });

  test("of projects as Features, which are at their centroid or have their area", async () => {
    const points = await chosen("projects?f=geojson&fields=name");
    expect(points.features).toMatchObject([{ id: projectId, geometry: { type: "Point" } }]);
    expect(points.features[0].properties).toEqual({ name: "Ground" });
    const areas = await chosen("projects?f=geojson&fields=area");
    expect(areas.features).toMatchObject([{ id: projectId, geometry: { type: "MultiPolygon" } }]);
  });

  test("of projects as rows of CSV", async () => {
    expect(await get("projects?f=csv&fields=name,instructions")).toBe(
      `name,instructions\r\nGround,${TEXTS.instructions}\r\n`,
    );
  });

  test.each([
    ["users", "user_id,name"],
    ["licences", "licence_id,plain_text"],
    ["teams", "team_id"],
    ["organisations", "name,description"],
    ["area-uploads", "area_upload_id,faults"],
    ["users/me/locks", "task_id"],
    ["auth-events", "kind"],
  ])("of %s", async (list, fields) => {
    const { next_page_token: _, ...answer } = await chosen(`${list}?fields=${fields}`);
    const rows = Object.values(answer).flat() as object[];
    for (const row of rows) expect(Object.keys(row).toSorted()).toEqual(fields.split(",").toSorted());
  });

  test.each([
    ["projects", "nam", "name"],
    ["users", "user_idd", "user_id"],
    ["teams", "descripton", "description"],
  ])("of %s, where %s is refused with the nearest name", async (list, name, near) => {
    const { reason, errors } = await chosen(`${list}?fields=${name}`);
    expect(reason).toBe("FIELD_INVALID");
    expect(errors).toMatchObject([{ parameter: "fields", detail: expect.stringContaining(`"${near}"`) }]);
  });

  test("and which they are does not change what a page token belongs to", async () => {
    const list = `projects/${projectId}/tasks/1/events`;
    await system.task.createComment({ requestId: randomUUID(), projectId, taskId: 1, text: "Roofs" }, admin);
    const { next_page_token: token } = await chosen(`${list}?fields=kind&page_size=1`);
    expect(token).not.toBe("");
    const next = await chosen(`${list}?page_size=1&page_token=${token}`);
    expect(next.events).toHaveLength(1);
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
