import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { tileArea } from "@tessera/geometry/grids/tile.ts";
import { frameOf } from "@tessera/geometry/tiles/frame.ts";
import { drawTasks } from "../draw-tasks.ts";
import { partOf, TaskSet } from "../task-set.ts";
import type { TaskRow } from "../tile-store.ts";

/** The tile that others have judged. */
export const JUDGED = { zoom: 12, x: 2_161, y: 1_931 };
const ROW: TaskRow = {
  taskId: 0,
  state: TaskState.READY,
  priority: 0,
  revision: 1,
  parentId: 0,
  outside: false,
  priorityArea: 0,
  lockPurpose: 0,
  lockEnd: 0,
  assignedUntil: 0,
};

/** One task of each kind: locked, with a hole, reaching beyond the tile, of two pieces, and three too small to be drawn. */
export function judgedTile(): Buffer {
  const at = (zoom: number, x: number, y: number) => {
    const scale = 2 ** (zoom - JUDGED.zoom);
    return tileArea({ zoom, x: JUDGED.x * scale + x, y: JUDGED.y * scale + y });
  };
  const [outer, hole] = [at(14, 1, 1), at(16, 5, 5)];
  const pairs = Array.from({ length: 5 }, (_, place) => hole.coordinates.slice(2 * place, 2 * place + 2));
  const holed = create(MultiPolygonSchema, {
    coordinates: [...outer.coordinates, ...pairs.reverse().flat()],
    ringLengths: [5, 5],
    polygonLengths: [2],
  });
  const [one, other] = [at(15, 5, 6), at(15, 6, 7)];
  const pieces = create(MultiPolygonSchema, {
    coordinates: [...one.coordinates, ...other.coordinates],
    ringLengths: [5, 5],
    polygonLengths: [1, 1],
  });
  const end = Date.UTC(2040, 0, 1) / 1_000;
  const locked = { lockPurpose: LockPurpose.MAPPING, lockEnd: end, revision: 4 };
  const set = new TaskSet();
  const found = [
    { area: at(14, 0, 0), row: { ...ROW, ...locked } },
    { area: holed, row: { ...ROW, state: TaskState.MAPPED, priority: 70, parentId: 9, outside: true } },
    { area: at(13, 1, 1), row: { ...ROW, state: TaskState.VALIDATED, assignedUntil: end } },
    { area: at(12, 1, 0), row: { ...ROW, state: TaskState.BAD_IMAGERY } },
    { area: pieces, row: { ...ROW, state: TaskState.INVALIDATED } },
    ...[0, 1, 2].map((x) => ({ area: at(23, x + 800, 2_000), row: { ...ROW, state: TaskState.MAPPED } })),
  ].map(({ area, row }, place) => ({ area, row: { ...row, taskId: place + 1 } }));
  set.add(
    partOf(found),
    found.map(({ row }) => row),
  );
  set.asOf = Date.UTC(2030, 0, 1) / 1_000;
  return drawTasks(set, frameOf(JUDGED));
}
