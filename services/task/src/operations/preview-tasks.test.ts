import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { PreviewedTask } from "@tessera/contracts/tessera/task/v1/preview_pb.ts";

import { GridEdge, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { areaSquareKilometres } from "@tessera/geometry/areas/measure.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { clear, reasonOf, type TestService, testService, until } from "../testing/service.ts";
import type { Runner } from "./operation-runner.ts";

const MANAGER = 90;
const TASKS_MAX = 2_000;

/** A triangle of some 80 km, so that borders cut squares. */
const TRIANGLE = { coordinates: [10, 10, 10.8, 10, 10.4, 10.7, 10, 10], ringLengths: [4], ringCounts: [1] };

let service: TestService;
let runner: Runner;

beforeAll(async () => {
  service = await testService({ tasksMax: TASKS_MAX });
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
  Object.assign(service.area.of, TRIANGLE);
  runner = service.run();
});

afterAll(async () => {
  await runner.stop();
  await service.end();
});

beforeEach(() => clear(service.sql));

const manager = () => service.as(MANAGER);

async function streamed(request: object): Promise<PreviewedTask[]> {
  const tasks: PreviewedTask[] = [];
  for await (const message of manager().streamTaskPreview(request)) tasks.push(...message.tasks);
  return tasks;
}

test.each([
  [{ zoom: 13 }],
  [{ zoom: 12, edge: GridEdge.WHOLE }],
  [{ taskCount: 40 }],
  [{ sizeMetres: 4_000 }],
])("a preview of %j shows exactly what the cut gives", async (request) => {
  const preview = (await manager().previewTasks(request)).preview;
  const tasks = await streamed(request);
  expect(await service.sql`select 1 from tasks`).toEqual([]);

  await manager().createTasks(request);
  await until(async () => (await manager().getOperation({ operationId: 1 })).operation?.done === true);
  const cut = (await manager().listTasks({ view: TaskView.WITH_AREA, pageSize: 1_000 })).tasks;
  const shown = ({ taskId, tile, area }: Pick<PreviewedTask, "taskId" | "tile" | "area">) => ({
    taskId,
    tile,
    area,
  });
  expect(cut.map(shown)).toMatchObject(tasks.map(shown));

  const sizes = cut.map(({ area }) => (area === undefined ? 0 : areaSquareKilometres(area)));
  expect(preview).toMatchObject({
    taskCount: cut.length,
    squareCount: cut.filter(({ tile }) => tile !== undefined).length,
    smallestSquareKilometres: Math.min(...sizes),
    largestSquareKilometres: Math.max(...sizes),
    projectRevision: 1n,
  });
  expect(preview?.meanSquareKilometres).toBeCloseTo(sizes.reduce((sum, it) => sum + it, 0) / cut.length, 9);
});

test("a preview is refused as the cut would fail", async () => {
  expect(await reasonOf(manager().previewTasks({ zoom: 18 }))).toBe("TOO_MANY_TASKS");
});
