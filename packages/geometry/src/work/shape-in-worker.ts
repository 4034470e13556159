import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { boundingBoxOf } from "../areas/measure.ts";
import { packAreas } from "../areas/packed-areas.ts";
import { checkTaskAreas } from "../grids/check-task-areas.ts";
import { cutIntoAbout, MOST_TRIES, squareMetresWide } from "../grids/cut-into-about.ts";
import { cutIntoSquares } from "../grids/cut-into-squares.ts";
import type { GridTask } from "../grids/grid.ts";
import { packTasks, unpackAtLeisure } from "../grids/packed-tasks.ts";
import { squareLines } from "../grids/square-lines.ts";
import { splitTask } from "../splitting/split-task.ts";
import { INLINE_STEPS, mostSteps } from "./most-steps.ts";
import { runInWorker, type WorkOptions } from "./run-in-worker.ts";

/** Up to this many positions a task is split where it is: that takes some 5 ms, and a thread's start 50. */
const INLINE_SPLIT_POSITIONS = 5_000;

/** Up to this many positions areas are checked where they are: the square of it is what that takes at most. */
const INLINE_CHECK_POSITIONS = 500;

/**
 * Splits a task as `splitTask` does, without holding up the event loop.
 *
 * @throws CannotSplit
 * @throws GeometryFault if an area is invalid or too intricate
 * @throws GeometryTimeout
 */
export async function splitInWorker(
  task: GridTask,
  within: MultiPolygon,
  options: WorkOptions,
): Promise<GridTask[]> {
  options.signal?.throwIfAborted();
  if (positionsOf(task.tile ? within : task.area) <= INLINE_SPLIT_POSITIONS) return splitTask(task, within);
  const job = { kind: "split", area: packAreas([within]), task: packTasks([task]) } as const;
  return unpackAtLeisure(await runInWorker(job, options), options.signal);
}

/**
 * Cuts an area as `cutIntoSquares` does, without holding up the event loop.
 *
 * @throws TooManyTasks if there would be more than `limit` tasks
 * @throws GeometryFault if the area is invalid or too intricate
 * @throws GeometryTimeout
 */
export async function squaresInWorker(
  area: MultiPolygon,
  sizeMetres: number,
  limit: number,
  options: WorkOptions,
): Promise<GridTask[]> {
  options.signal?.throwIfAborted();
  if (stepsOf(area, sizeMetres) <= INLINE_STEPS) return cutIntoSquares(area, sizeMetres, limit);
  const job = { kind: "squares", area: packAreas([area]), sizeMetres, limit } as const;
  return unpackAtLeisure(await runInWorker(job, options), options.signal);
}

/**
 * Cuts an area as `cutIntoAbout` does, without holding up the event loop.
 *
 * @throws TooManyTasks if there would be more than `limit` tasks
 * @throws GeometryFault if the area is invalid or too intricate
 * @throws GeometryTimeout
 */
export async function aboutInWorker(
  area: MultiPolygon,
  count: number,
  limit: number,
  options: WorkOptions,
): Promise<GridTask[]> {
  options.signal?.throwIfAborted();
  // Later tries may well be at smaller squares than the first, which twice as many tries allow for.
  const steps = 2 * MOST_TRIES * stepsOf(area, squareMetresWide(area, count));
  if (steps <= INLINE_STEPS) return cutIntoAbout(area, count, limit);
  const job = { kind: "about", area: packAreas([area]), count, limit } as const;
  return unpackAtLeisure(await runInWorker(job, options), options.signal);
}

/**
 * Checks areas that are to become tasks as `checkTaskAreas` does, without holding up the event loop.
 *
 * @throws TooManyTasks if there are more than `limit`
 * @throws TaskAreaFault
 * @throws GeometryTimeout
 */
export async function checkTaskAreasInWorker(
  within: MultiPolygon,
  areas: readonly MultiPolygon[],
  limit: number,
  options: WorkOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  const positions = areas.reduce((sum, area) => sum + positionsOf(area), positionsOf(within));
  if (areas.length > limit || positions <= INLINE_CHECK_POSITIONS) checkTaskAreas(within, areas, limit);
  else {
    const job = { kind: "check-tasks", area: packAreas([within]), tasks: packAreas(areas), limit } as const;
    await runInWorker(job, options);
  }
}

function stepsOf(area: MultiPolygon, sizeMetres: number): number {
  const { rows, columns } = squareLines(boundingBoxOf(area), sizeMetres);
  return mostSteps(area, rows, columns);
}

function positionsOf(area: MultiPolygon): number {
  return area.coordinates.length / 2;
}
