import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestId } from "../ground/door.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** Squares of 0.09 degrees. */
const ZOOM = 12;
const WAIT_MS = 60_000;

let system: TestSystem;
let admin: Headers;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

/** The area becomes a square with its south-western corner at 10, 10. */
async function setArea(projectId: number, side: number) {
  const { project } = await system.project.getProject({ projectId }, admin);
  const [near, far] = [10, 10 + side];
  const area = create(MultiPolygonSchema, {
    coordinates: [near, near, far, near, far, far, near, far, near, near],
    ringLengths: [5],
    polygonLengths: [1],
  });
  const expectedRevision = project?.revision ?? 0n;
  await createClient(AreaService, system.connections.project).setArea(
    { requestId: requestId(), projectId, area, expectedRevision },
    admin,
  );
}

async function countOf(projectId: number) {
  const { progress } = await system.task.getProgress({ projectId }, admin);
  return { present: progress?.taskCount ?? 0, withdrawn: progress?.withdrawnCount ?? 0 };
}

test("the tasks of a project, be it a draft, follow its area when that is changed, and come back with it", async () => {
  const projectId = await createProject(system, admin, {}, []);
  await cut(system, admin, projectId, ZOOM);
  const { present: all } = await countOf(projectId);
  await setArea(projectId, 0.1);
  await expect
    .poll(async () => (await countOf(projectId)).withdrawn, { timeout: WAIT_MS })
    .toBeGreaterThan(0);
  await system.task.waitOperation({ projectId, operationId: 2 }, admin);
  const { present, withdrawn } = await countOf(projectId);
  expect(present + withdrawn).toBe(all);
  const { tasks } = await system.task.listTasks({ projectId, pageSize: 1_000, view: 2 }, admin);
  expect(tasks).toHaveLength(present);
  for (const { area } of tasks) expect(Math.min(...(area?.coordinates ?? []))).toBeLessThan(10.1);
  const { operation } = await system.task.getOperation({ projectId, operationId: 2 }, admin);
  expect(operation).toMatchObject({
    kind: "ReconcileTasks",
    resultCounts: { WITHDRAWN: withdrawn },
  });
  expect(operation?.userId).toBeUndefined();

  await setArea(projectId, 0.5);
  await expect.poll(() => countOf(projectId), { timeout: WAIT_MS }).toEqual({ present: all, withdrawn: 0 });
  const filter = { states: [TaskState.WITHDRAWN] };
  expect((await system.task.listTasks({ projectId, filter }, admin)).tasks).toEqual([]);
});

test("REST: a reconciliation is an operation that can be waited for, and withdrawn tasks are there for who asks", async () => {
  const projectId = await createProject(system, admin, {}, []);
  await cut(system, admin, projectId, ZOOM);
  const base = `${system.url}/v1/projects/${projectId}`;
  const headers = { ...admin.headers, "content-type": "application/json" };
  const response = await fetch(`${base}/reconciliations`, { method: "POST", headers, body: "{}" });
  expect(response.status).toBe(202);
  expect(response.headers.get("location")).toContain(`/v1/projects/${projectId}/operations/2`);
  await system.task.waitOperation({ projectId, operationId: 2 }, admin);
  const [all, withdrawn] = await Promise.all(
    ["", "?filter.states=TASK_STATE_WITHDRAWN"].map(async (query) => {
      const listed = await fetch(`${base}/tasks${query}`, { headers: admin.headers });
      expect(listed.status).toBe(200);
      return ((await listed.json()) as { tasks: unknown[] }).tasks;
    }),
  );
  expect(all?.length).toBeGreaterThan(9);
  expect(withdrawn).toEqual([]);
});
