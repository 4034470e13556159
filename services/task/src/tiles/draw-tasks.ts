import { LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskState, TaskStateSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { cellOfShape, drawCell } from "@tessera/geometry/tiles/cells.ts";
import { drawShape, emptyDrawing, erase } from "@tessera/geometry/tiles/draw-shape.ts";
import { type Frame, isInside, mayBeSeen, meets, sizeOf } from "@tessera/geometry/tiles/frame.ts";
import { FEATURE_TYPE, LayerWriter, tileOf } from "@tessera/geometry/tiles/layer-writer.ts";
import type { TaskSet } from "./task-set.ts";

/** The largest tile: one that would be larger shows cells alone. */
export const TILE_BYTES_MAX = 2 * 1024 * 1024;

/** A task that is smaller is not drawn by itself: half a pixel, where a tile is 512 pixels wide. */
const TASK_UNITS_MIN = 4;

/** The states that a map shows, in the order in which one of several that are as frequent is preferred. */
const SHOWN: readonly [state: TaskState, count: string][] = [
  [TaskState.READY, "ready"],
  [TaskState.MAPPED, "mapped"],
  [TaskState.VALIDATED, "validated"],
  [TaskState.INVALIDATED, "invalidated"],
  [TaskState.BAD_IMAGERY, "bad_imagery"],
];
const COUNTS = SHOWN.map(([, count]) => count);
const PLACES = new Map<number, number>(SHOWN.map(([state], place) => [state, place]));

const stateNames = namesOf(TaskStateSchema);
const purposeNames = namesOf(LockPurposeSchema);

function namesOf({ values }: { values: readonly { number: number; name: string }[] }) {
  return new Map(values.map(({ number, name }) => [number, name]));
}

/** How many tasks a cell stands for: in each state, and locked ones. */
interface Cell {
  states: number[];
  locked: number;
}

type Cells = Map<number, Cell>;

/** Draws the tasks of a project into a tile. */
export function drawTasks(set: TaskSet, frame: Frame): Buffer {
  const detailed = frame.zoom >= set.detailZoom;
  return draw(set, frame, detailed) ?? (draw(set, frame, false) as Buffer);
}

/** Draws tasks by themselves if wanted, where there is something to draw, and all others into cells; undefined if that is too large. */
function draw(set: TaskSet, frame: Frame, detailed: boolean): Buffer | undefined {
  const tasks = new LayerWriter("tasks");
  const cells: Cells = new Map();
  const drawing = emptyDrawing();
  for (const { shapes, taskIds } of set.parts) {
    if (!mayBeSeen(shapes, frame)) continue;
    for (let place = 0; place < shapes.count; place++) {
      const taskId = taskIds[place] as number;
      if (!PLACES.has(set.states[taskId] as number) || !meets(shapes, place, frame)) continue;
      if (detailed && sizeOf(shapes, place, frame) >= TASK_UNITS_MIN) {
        erase(drawing);
        drawShape(shapes, place, frame, drawing);
        if (drawing.commands.length > 0) {
          tasks.add(taskId, FEATURE_TYPE.polygon, drawing.commands, attributesOf(set, taskId));
          if (tasks.bytes > TILE_BYTES_MAX) return undefined;
          continue;
        }
        // What lies beside the tile is not too small to be drawn.
        if (!isInside(shapes, place, frame)) continue;
      }
      const cell = cellOfShape(shapes, place, frame);
      if (cell !== undefined) count(cells, cell, set, taskId);
    }
  }
  const tile = tileOf([cellLayer(cells), tasks]);
  return detailed && tile.length > TILE_BYTES_MAX ? undefined : tile;
}

/** Whether somebody holds a task. */
function isLocked({ lockPurposes, lockEnds, asOf }: TaskSet, taskId: number): boolean {
  return lockPurposes[taskId] !== 0 && (lockEnds[taskId] as number) > asOf;
}

function attributesOf(set: TaskSet, taskId: number) {
  const purpose = set.lockPurposes[taskId] as LockPurpose;
  const locked = isLocked(set, taskId);
  // The end of a lock that has expired is an event of its own, also before it is written down.
  const lapsed = purpose !== LockPurpose.UNSPECIFIED && !locked;
  return [
    "task_id",
    taskId,
    "state",
    stateNames.get(set.states[taskId] as number),
    "priority",
    set.priorities[taskId],
    "revision",
    (set.revisions[taskId] as number) + (lapsed ? 1 : 0),
    "lock_purpose",
    locked ? purposeNames.get(purpose) : undefined,
    "lock_expire_time",
    locked ? Math.ceil(set.lockEnds[taskId] as number) : undefined,
    "assigned",
    (set.assignedUntil[taskId] as number) > set.asOf ? true : undefined,
    "parent_task_id",
    set.parentIds[taskId] || undefined,
    "outside_area",
    set.outside[taskId] === 1 ? true : undefined,
    "priority_area",
    set.priorityAreas[taskId] || undefined,
  ];
}

function count(cells: Cells, place: number, set: TaskSet, taskId: number): void {
  let cell = cells.get(place);
  if (cell === undefined) {
    cell = { states: SHOWN.map(() => 0), locked: 0 };
    cells.set(place, cell);
  }
  const state = PLACES.get(set.states[taskId] as number) as number;
  cell.states[state] = (cell.states[state] as number) + 1;
  if (isLocked(set, taskId)) cell.locked += 1;
}

function cellLayer(cells: Cells): LayerWriter {
  const layer = new LayerWriter("cells");
  const drawing = emptyDrawing();
  for (const [place, { states, locked }] of cells) {
    erase(drawing);
    drawCell(place, drawing);
    const most = states.indexOf(Math.max(...states));
    layer.add(0, FEATURE_TYPE.polygon, drawing.commands, [
      "task_count",
      states.reduce((sum, it) => sum + it, 0),
      "state",
      stateNames.get(SHOWN[most]?.[0] as number),
      ...states.flatMap((number, at) => [COUNTS[at] as string, number || undefined]),
      "locked",
      locked || undefined,
    ]);
  }
  return layer;
}
