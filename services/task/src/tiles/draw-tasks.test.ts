import { create } from "@bufbuild/protobuf";
import { VectorTile } from "@mapbox/vector-tile";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { frameOf } from "@tessera/geometry/tiles/frame.ts";
import { PbfReader } from "pbf";
import { expect, test } from "vitest";
import { drawTasks, TILE_BYTES_MAX } from "./draw-tasks.ts";
import { partOf, TaskSet } from "./task-set.ts";
import type { TaskGround } from "./tile-store.ts";

const TASKS = 16_000;
const FRAME = frameOf({ zoom: 10, x: 512, y: 511 });
const WIDTH = 0.002;
/** Its decimals are long in a tile. */
const REVISION = 2 ** 40;

/** A round area in a tile. */
function circle(place: number, corners: number): MultiPolygon {
  const [west, south] = [0.01 + (place % 128) * WIDTH, 0.01 + Math.floor(place / 128) * WIDTH];
  const ring = Array.from({ length: corners + 1 }, (_, corner) => {
    const angle = (2 * Math.PI * (corner % corners)) / corners;
    return [west + (WIDTH / 2) * Math.cos(angle), south + (WIDTH / 2) * Math.sin(angle)];
  });
  return create(MultiPolygonSchema, {
    coordinates: ring.flat(),
    ringLengths: [ring.length],
    polygonLengths: [1],
  });
}

function circles(corners: number): TaskSet {
  const found = Array.from({ length: TASKS }, (_, place): TaskGround => {
    const shown = {
      priority: 0,
      parentId: 0,
      outside: false,
      priorityArea: 0,
      lockPurpose: 0,
      lockEnd: 0,
      assignedUntil: 0,
    };
    const row = { taskId: place + 1, state: TaskState.READY, revision: REVISION + place, ...shown };
    return { row, area: circle(place, corners) };
  });
  const set = new TaskSet();
  const rows = found.map(({ row }) => row);
  set.add(partOf(found), rows);
  return set;
}

test("a tile is never larger than its limit: from some number of corners on, it shows cells", () => {
  const layers = [20, 45, 46, 64].map((corners) => {
    const tile = drawTasks(circles(corners), FRAME);
    expect(tile.length).toBeLessThanOrEqual(TILE_BYTES_MAX);
    return Object.keys(new VectorTile(new PbfReader(tile)).layers);
  });
  expect([layers[0], layers.at(-1)]).toEqual([["tasks"], ["cells"]]);
});
