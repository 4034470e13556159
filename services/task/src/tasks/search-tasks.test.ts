import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { containsPoint } from "@tessera/geometry/areas/contains-point.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { squareArea } from "@tessera/geometry/grids/tile.ts";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { clear, plant, reasonOf, squares, type TestService, testService } from "../testing/service.ts";
import { cellOf } from "./cells.ts";

let service: TestService;

beforeAll(async () => {
  service = await testService();
});

afterAll(() => service.end());

beforeEach(() => clear(service.sql));

const find = async (longitude: number, latitude: number, projectId?: number, who = 1) =>
  (await service.as(who).searchTasks({ longitude, latitude, projectId: projectId || undefined })).tasks;
const namesOf = (tasks: { projectId: number; taskId: number }[]) =>
  tasks.map(({ projectId, taskId }) => `${projectId}/${taskId}`);

/** Tasks of all sizes around the places where the numbers of the world end and begin again. */
const rectangles: GridTask[] = [
  [-180, -90, 180, -60],
  [-180, 60, 180, 90],
  [-180, -90, -179.9, -89.9],
  [179.9, 89.9, 180, 90],
  [179.99, -10, 180, -9.99],
  [-180, -10, -179.99, -9.99],
  [-180, -10, 180, 10],
  [179, -11, 180, -9],
  [-180, -10, -179.999995, -9.999995],
].map(([west = 0, south = 0, east = 0, north = 0]) => ({ area: squareArea(west, south, east, north) }));

test("the tasks at a point are those whose area holds it: on borders, at the antimeridian and at the poles", async () => {
  const projects = new Map([
    [1, squares(100, 10)],
    [2, rectangles],
    // Half over the first, and of other sizes.
    [
      3,
      squares(9, 3, [9_002, 8_194]).map(({ area }) => ({
        area: { ...area, coordinates: area.coordinates.map((it) => it + 0.001) },
      })),
    ],
  ]);
  for (const [projectId, tasks] of projects) await plant(service.sql, tasks, projectId);
  const all = [...projects].flatMap(([projectId, tasks]) =>
    tasks.map(({ area }, index) => ({ projectId, taskId: index + 1, area })),
  );
  const point = fc.tuple(
    fc.nat(all.length - 1),
    fc.constantFrom(0, 0.5, 1),
    fc.constantFrom(0, 0.5, 1),
    fc.constantFrom(0, 1e-9, -1e-9),
  );
  await fc.assert(
    fc.asyncProperty(point, fc.constantFrom(0, 0, 1, 2), async ([index, across, up, off], projectId) => {
      const { west, south, east, north } = boundingBoxOf(all[index]?.area as (typeof all)[number]["area"]);
      const longitude = Math.max(-180, Math.min(180, west + across * (east - west) + off));
      const latitude = Math.max(-90, Math.min(90, south + up * (north - south) + off));
      const expected = all.filter(
        (it) =>
          (projectId === 0 || it.projectId === projectId) && containsPoint(it.area, longitude, latitude),
      );
      expect(namesOf(await find(longitude, latitude, projectId))).toEqual(namesOf(expected));
    }),
    { numRuns: 300 },
  );
});

test("tasks that were split are not found, and their parts are", async () => {
  await plant(service.sql, squares(1));
  const { west, north } = boundingBoxOf(squares(1)[0]?.area as GridTask["area"]);
  const { token: lockToken } = await service.as(1).lockTask({ taskId: 1, purpose: LockPurpose.MAPPING });
  const { taskIds } = await service.as(1).splitTask({ taskId: 1, lockToken });
  const [found, ...others] = await find(west + 0.0001, north - 0.0001);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ taskId: taskIds[0], parentTaskId: 1, state: TaskState.READY });
});

test("tasks of projects that the caller may not see are not found, and do not stand before those that are", async () => {
  const HIDDEN = 120;
  const tasks = squares(1);
  const box = boundingBoxOf(tasks[0]?.area as GridTask["area"]);
  await plant(service.sql, tasks, HIDDEN + 1);
  for (const table of ["task_sets", "tasks", "task_areas"]) {
    const columns = await service.sql<{ name: string }[]>`
      select column_name as name from information_schema.columns
      where table_name = ${table} and column_name <> 'project_id' and table_schema = 'public'`;
    const names = columns.map(({ name }) => name).join(", ");
    await service.sql.unsafe(
      `insert into ${table} (project_id, ${names}) select id, ${names} from ${table}, generate_series(1, ${HIDDEN}) as id`,
    );
  }
  for (let projectId = 1; projectId <= HIDDEN; projectId++) service.hide(31, projectId);
  const point = [(box.west + box.east) / 2, (box.south + box.north) / 2] as const;
  expect(namesOf(await find(...point, undefined, 31))).toEqual([`${HIDDEN + 1}/1`]);
  expect(await find(...point, undefined, 32)).toHaveLength(100);
  expect(await reasonOf(find(...point, 5, 31))).toContain("not_found");
  const report = service.as(31).createReport({
    projectId: undefined,
    longitude: point[0],
    latitude: point[1],
    category: "road missing",
  });
  expect((await report).projectId).toBe(HIDDEN + 1);
});

test("tasks that an earlier version planted are kept under the same cells as those of this one", async () => {
  await plant(service.sql, rectangles);
  const rows = await service.sql<
    { cell: bigint; west: number; south: number; east: number; north: number }[]
  >`
    select west, south, east, north, level * 4503599627370496::bigint
      + floor((west + 180) * 2 ^ level / 360)::bigint * 67108864::bigint + floor((south + 90) * 2 ^ level / 360)::bigint as cell
    from (select *, least(25, greatest(0, floor(log(2::numeric,
      (360 / (greatest(east - west, north - south, 0.00001) * 1.0001))::numeric))))::integer as level from task_areas) as leveled`;
  expect(rows).toHaveLength(rectangles.length);
  for (const { cell, ...box } of rows) expect(cell).toBe(cellOf(box));
});
