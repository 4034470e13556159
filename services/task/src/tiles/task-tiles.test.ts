import { VectorTile } from "@mapbox/vector-tile";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { tileArea } from "@tessera/geometry/grids/tile.ts";
import { PbfReader } from "pbf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lapse, plant, reasonOf, squares, type TestService, testService, until } from "../testing/service.ts";
import { keptTaskSets, TILE_TASKS_MAX } from "./kept-task-sets.ts";

const [READER, OTHER_READER, MANAGER] = [1, 2, 90];
/** Where `squares` plants tasks: 40 in a row from this tile of zoom 14. */
const CORNER = { zoom: 14, x: 9_000, y: 8_192 };
const { MAPPING, VALIDATION } = LockPurpose;
type Row = Record<string, unknown>;

let service: TestService;
/** Another process over the same database. */
let replica: TestService;
let runner: { stop(): Promise<void> };
let projectId = 0;
let person = 100;
/** Somebody who holds no lock yet. */
const somebody = () => ++person;

beforeAll(async () => {
  service = await testService();
  replica = await testService({ keptTaskSetsBytes: 0 }, service);
  for (const it of [service, replica]) it.allow(MANAGER, { role: ProjectRole.MANAGER });
  runner = service.run();
});
afterAll(async () => {
  await runner.stop();
  await replica.end();
  await service.end();
});

/** Gives a new project tasks; its version then stays. */
async function planted(tasks = squares(9, 3)): Promise<void> {
  projectId += 1;
  await plant(service.sql, tasks, projectId);
  await stamped();
}
const stamped = () =>
  until(async () => (await service.sql`select from task_events where position is null limit 1`).length === 0);

/** The tile at a zoom which has the first task. */
const cornerAt = (zoom: number) => {
  const scale = 2 ** (zoom - CORNER.zoom);
  return { zoom, x: Math.floor(CORNER.x * scale), y: Math.floor(CORNER.y * scale) };
};
const read = (zoom: number, knownEtag = "", of = service) =>
  of.as(READER).getTaskTile({ projectId, ...cornerAt(zoom), knownEtag });

/** What a decoder that others wrote reads of a tile, by layer. */
function layersOf({ tile }: { tile: Uint8Array }): Record<string, Row[]> {
  const { layers } = new VectorTile(new PbfReader(tile));
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => [
      name,
      Array.from({ length: layer.length }, (_, at) => ({ ...layer.feature(at).properties })),
    ]),
  );
}

const shown = async (taskId: number, of = service) =>
  layersOf(await read(12, "", of)).tasks?.find((it) => it.task_id === taskId);
const lock = async (who: number, taskId: number, purpose: LockPurpose = MAPPING) =>
  (await service.as(who).lockTask({ projectId, taskId, purpose })).token;

test("a tile has the tasks with their numbers and states, and nobody's name", async () => {
  await planted();
  const { tasks, ...others } = layersOf(await read(12));
  expect(others).toEqual({});
  expect(tasks?.map((it) => it.task_id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(tasks?.[0]).toEqual({ task_id: 1, state: "TASK_STATE_READY", priority: 0, revision: 1 });
  const { layers } = new VectorTile(new PbfReader((await read(12)).tile));
  expect([layers.tasks?.feature(4).id, layers.tasks?.extent, layers.tasks?.version]).toEqual([5, 4096, 2]);
});

test("a tile shows each change: a lock, a state, a priority, a reservation", async () => {
  await planted();
  const before = await read(12);
  const mapper = somebody();
  const token = await lock(mapper, 5);
  const { lock: held } = await service.as(mapper).getLock({ projectId, taskId: 5 });
  const { seconds = 0n, nanos = 0 } = held?.expireTime ?? {};
  for (const of of [service, replica]) {
    expect(await shown(5, of)).toMatchObject({
      revision: 2,
      lock_purpose: "LOCK_PURPOSE_MAPPING",
      lock_expire_time: Number(seconds) + (nanos > 0 ? 1 : 0),
    });
  }
  await service
    .as(mapper)
    .submitTask({ projectId, taskId: 5, lockToken: token, result: SubmissionResult.MAPPED });
  for (const of of [service, replica])
    expect(await shown(5, of)).toMatchObject({ state: "TASK_STATE_MAPPED" });
  expect(await shown(5)).not.toHaveProperty("lock_purpose");
  await lock(somebody(), 5, VALIDATION);
  expect(await shown(5)).toMatchObject({ lock_purpose: "LOCK_PURPOSE_VALIDATION" });

  await service.as(MANAGER).assignTask({ projectId, taskId: 7, userId: 5n, reservation: durationOf(600) });
  expect(await shown(7)).toMatchObject({ assigned: true });
  await service.as(MANAGER).batchUpdateTasks({
    projectId,
    action: TaskAction.PRIORITIZE,
    priority: 40,
    filter: { $typeName: "tessera.task.v1.TaskFilter", states: [TaskState.READY], taskIds: [9] },
  } as never);
  await until(async () => (await shown(9))?.priority === 40);
  expect((await read(12)).etag).not.toBe(before.etag);
});

test("a lock that expires is no longer shown from that moment on, before anybody writes that down", async () => {
  await planted();
  await lock(somebody(), 3);
  await stamped();
  const locked = await read(12);
  await lapse(service.sql, 3, projectId);
  expect(await shown(3)).not.toHaveProperty("lock_purpose");
  expect(await shown(3)).toMatchObject({ revision: 3 });
  expect((await read(12, locked.etag)).unchanged).toBe(false);
});

test("a task that is split makes way for its parts, also where the tasks are in memory", async () => {
  await planted();
  await read(12);
  const mapper = somebody();
  const lockToken = await lock(mapper, 1);
  const { taskIds } = await service.as(mapper).splitTask({ projectId, taskId: 1, lockToken });
  expect(taskIds).toEqual([10, 11, 12, 13]);
  for (const of of [service, replica]) {
    const { tasks } = layersOf(await read(12, "", of));
    expect(tasks?.map((it) => it.task_id)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(tasks?.at(-1)).toMatchObject({ parent_task_id: 1, state: "TASK_STATE_READY" });
  }
});

test("a tile that has not changed is not sent again, and a change elsewhere does not change it", async () => {
  await planted(squares(80));
  const { tile, etag } = await read(14);
  expect(layersOf({ tile }).tasks?.map((it) => it.task_id)).toEqual([1, 2, 41, 42]);
  expect(await read(14, etag)).toMatchObject({ etag, unchanged: true, tile: new Uint8Array() });
  await lock(somebody(), 30);
  expect(await read(14, etag)).toMatchObject({ unchanged: true });
  expect(await read(14, etag, replica)).toMatchObject({ unchanged: true });
  await lock(somebody(), 2);
  expect(await read(14, etag)).toMatchObject({ unchanged: false });
});

test("where nothing is, a tile has no bytes", async () => {
  await planted();
  const empty = await service.as(READER).getTaskTile({ projectId, zoom: 3, x: 0, y: 0 });
  expect(empty.tile.length).toBe(0);
  expect(empty.etag).not.toBe("");
  projectId += 1;
  expect((await read(0)).tile.length).toBe(0);
});

test("tasks too small to be drawn are in a square together, with the state of most of them", async () => {
  await planted();
  await lock(somebody(), 4);
  for (const taskId of [1, 2]) {
    const mapper = somebody();
    const lockToken = await lock(mapper, taskId);
    await service.as(mapper).submitTask({ projectId, taskId, lockToken, result: SubmissionResult.MAPPED });
  }
  expect(layersOf(await read(0))).toEqual({
    cells: [{ task_count: 9, state: "TASK_STATE_READY", ready: 7, mapped: 2, locked: 1 }],
  });
});

test("a tile with more tasks than a map can show has squares instead, and none is lost", async () => {
  const width = 132;
  const count = width * width;
  expect(count).toBeGreaterThan(TILE_TASKS_MAX);
  // All of them in one tile of zoom 10; at the next zoom they are in four.
  const tasks = Array.from({ length: count }, (_, at) => {
    const tile = { zoom: 18, x: 2 ** 17 + 2 + (at % width), y: 2 ** 17 + 2 + Math.floor(at / width) };
    return { tile, area: tileArea(tile) };
  });
  await planted(tasks);
  const at = (zoom: number) => {
    const scale = 2 ** (18 - zoom);
    const [x, y] = [Math.floor((2 ** 17 + 2) / scale), Math.floor((2 ** 17 + 2) / scale)];
    return service.as(READER).getTaskTile({ projectId, zoom, x, y });
  };
  const crowded = layersOf(await at(10));
  expect(Object.keys(crowded)).toEqual(["cells"]);
  expect(crowded.cells?.reduce((sum, it) => sum + Number(it.task_count), 0)).toBe(count);
  expect(crowded.cells?.length).toBeLessThan(count / 3);
  const detailed = layersOf(await at(11));
  expect(Object.keys(detailed)).toEqual(["tasks"]);
});

test("a project whose tasks have become more takes the place of others that are kept", async () => {
  await planted();
  await planted();
  const [one, other] = [projectId - 1, projectId];
  const { store } = service;
  const begun: number[][] = [];
  const tiles: typeof store.tiles = {
    ...store.tiles,
    readGround: (id, page) => {
      begun.push([id, page.after]);
      return store.tiles.readGround(id, page);
    },
  };
  const { bytes } = await keptTaskSets(store, 1).at(one, "any");
  const sets = keptTaskSets({ ...store, tiles }, 2 * bytes);
  for (const id of [one, other]) await sets.at(id, "any");
  await sets.at(one, "any");
  const mapper = somebody();
  await service.as(mapper).splitTask({ projectId, taskId: 1, lockToken: await lock(mapper, 1) });
  for (const id of [other, one]) await sets.at(id, "any");
  expect(begun).toEqual([
    [one, 0],
    [other, 0],
    [other, 9],
    [one, 0],
  ]);
});

test("a caller that may not see the project gets no tile, and a tile that does not exist is refused by name", async () => {
  await planted();
  service.hide(READER, projectId);
  expect(await reasonOf(read(12))).toContain("not_found");
  expect(await reasonOf(read(12, "", replica))).toBe("acknowledged");
  const beside = service.as(OTHER_READER).getTaskTile({ projectId, zoom: 2, x: 4, y: 9 });
  await expect(beside).rejects.toMatchObject({
    violations: [
      { field: "x", description: "must be at most 3 at zoom 2", rule: "tile.inside" },
      { field: "y", description: "must be at most 3 at zoom 2", rule: "tile.inside" },
    ],
  });
});
