import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { METRES_PER_DEGREE } from "../areas/measure.ts";
import { checkTaskAreas, ROUNDING_SHARE, ROUNDING_SQUARE_METRES } from "../grids/check-task-areas.ts";
import { SHARED_SHARE, SHARED_SQUARE_METRES, tasksOutside } from "../grids/tasks-outside.ts";
import { squareArea } from "../grids/tile.ts";
import { TaskAreaFault } from "../validity/task-area-fault.ts";
import type { Frame, Random } from "./random-areas.ts";
import { overlay, type Shape, shapeOf } from "./reference.ts";

const TASKS = 4;
/** Ground that is this near to a threshold, as a share of it, decides nothing: the latitude is taken elsewhere. */
const UNDECIDED = 0.2;

/** Squares of an area's frame, as tasks of the area: inside, beside or over its border, over each other or not. */
export function randomTasks(random: Random, { west, south, step }: Frame): MultiPolygon[] {
  return Array.from({ length: TASKS }, () => {
    const size = step * (random() < 0.7 ? 0.5 : 2);
    const [x, y] = [
      west + size * Math.floor((random() * 10 * step) / size),
      south + size * Math.floor((random() * 10 * step) / size),
    ];
    return squareArea(x, y, x + size, y + size);
  });
}

/** Compares which tasks share no ground with an area. */
export function compareOutside(
  area: MultiPolygon,
  shape: Shape,
  tasks: readonly MultiPolygon[],
): string | undefined {
  const ours = tasksOutside(area, tasks);
  for (const [index, task] of tasks.entries()) {
    const own = shapeOf(task);
    const shared = overlay("intersection", own, shape);
    const isShared = either(
      isAbove(squareMetresOf(shared), SHARED_SQUARE_METRES),
      isAbove(shared.getArea(), own.getArea() * SHARED_SHARE),
    );
    if (isShared === undefined) continue;
    if (ours.includes(index) === isShared)
      return `task ${index} ${isShared ? "has" : "has no"} ground with it by jsts`;
  }
  return undefined;
}

/** Compares the verdict on tasks that somebody drew. */
export function compareTasks(
  area: MultiPolygon,
  shape: Shape,
  tasks: readonly MultiPolygon[],
): string | undefined {
  const theirs = verdictOf(shape, tasks.map(shapeOf));
  const ours = faultOf(area, tasks);
  return theirs === undefined || ours === theirs ? undefined : `${ours}, jsts ${theirs}`;
}

function faultOf(area: MultiPolygon, tasks: readonly MultiPolygon[]): string {
  try {
    checkTaskAreas(area, tasks, TASKS);
    return "none";
  } catch (error) {
    if (error instanceof TaskAreaFault) return [error.rule, error.index, error.other].join(" ").trim();
    throw error;
  }
}

/** The first fault; undefined if it depends on a threshold. */
function verdictOf(shape: Shape, tasks: readonly Shape[]): string | undefined {
  for (const [index, task] of tasks.entries()) {
    const isOutside = isMore(overlay("difference", task, shape), task.getArea());
    if (isOutside === undefined) return undefined;
    if (isOutside) return `outside ${index}`;
  }
  for (const [index, task] of tasks.entries()) {
    for (const [other, earlier] of tasks.slice(0, index).entries()) {
      const overlaps = isMore(
        overlay("intersection", task, earlier),
        Math.min(task.getArea(), earlier.getArea()),
      );
      if (overlaps === undefined) return undefined;
      if (overlaps) return `overlaps ${index} ${other}`;
    }
  }
  return "none";
}

/** Whether ground is more than rounding of a task of a size. */
function isMore(part: Shape, squareDegrees: number): boolean | undefined {
  const one = isAbove(squareMetresOf(part), ROUNDING_SQUARE_METRES);
  const two = isAbove(part.getArea(), squareDegrees * ROUNDING_SHARE);
  if (one === false || two === false) return false;
  return one === undefined || two === undefined ? undefined : true;
}

function either(one: boolean | undefined, two: boolean | undefined): boolean | undefined {
  if (one === true || two === true) return true;
  return one === undefined || two === undefined ? undefined : false;
}

function isAbove(value: number, threshold: number): boolean | undefined {
  if (Math.abs(value - threshold) < UNDECIDED * threshold) return undefined;
  return value > threshold;
}

function squareMetresOf(shape: Shape): number {
  if (shape.isEmpty()) return 0;
  const envelope = shape.getEnvelopeInternal();
  const metresEast =
    METRES_PER_DEGREE * Math.cos((((envelope.getMinY() + envelope.getMaxY()) / 2) * Math.PI) / 180);
  return shape.getArea() * METRES_PER_DEGREE * metresEast;
}
