import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { areaSquareKilometres } from "../areas/measure.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import type { GridTask } from "./grid.ts";

/** How many sizes of squares are tried at most. */
export const MOST_TRIES = 12;

/** A cut into a number that is off by less than this part of what was asked for is near enough. */
const NEAR_ENOUGH = 1 / 100;

/** What stands between two sizes before both sides of the right one are known, at least. */
const LEAST_STEP = 1.05;

/**
 * Cuts an area that `checkArea` lets pass into about `count` tasks: squares as `cutIntoSquares` makes them, of the
 * size that gives the number nearest to `count` among `MOST_TRIES` sizes; of two that are as near, the larger number.
 * Not every number can be had; an area that is no more than a sliver gives none.
 *
 * @throws TooManyTasks if `count`, or each number that was found, is above `limit`
 * @throws GeometryFault if the area is invalid, or "too-intricate" for each size that was tried
 * @throws RangeError if `count` is below 1
 */
export function cutIntoAbout(area: MultiPolygon, count: number, limit: number): GridTask[] {
  if (!(count >= 1)) throw new RangeError(`An area cannot be cut into ${count} tasks.`);
  if (count > limit) throw new TooManyTasks(limit);
  let size = squareMetresWide(area, count);
  // Rounding leaves the thinnest slivers with no ground, or less.
  if (!(size > 0)) return [];
  let tooSmall = 0;
  let tooLarge = Infinity;
  let nearest: GridTask[] | undefined;
  let refusal: unknown;
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const found = attempt(area, size, limit);
    const number = Array.isArray(found) ? found.length : Infinity;
    if (Array.isArray(found)) {
      const gain = Math.abs((nearest?.length ?? Infinity) - count) - Math.abs(number - count);
      if (gain > 0 || (gain === 0 && number > count)) nearest = found;
    } else refusal = found;
    if (Math.abs(number - count) < Math.max(count * NEAR_ENOUGH, 1)) break;
    // Squares that are all slivers give nothing: they are too small as well.
    const excess = number === 0 ? Infinity : number / count;
    if (excess > 1) tooSmall = size;
    else tooLarge = size;
    size = nextSize(size, excess, tooSmall, tooLarge);
  }
  if (nearest === undefined) throw refusal;
  return nearest;
}

/** The width of `count` squares that have the ground of an area, in metres: the first size tried. */
export function squareMetresWide(area: MultiPolygon, count: number): number {
  return Math.sqrt(areaSquareKilometres(area) / count) * 1000;
}

/** Cuts, or answers why that could not be: both mean that the squares are too small. */
function attempt(area: MultiPolygon, sizeMetres: number, limit: number): GridTask[] | Error {
  try {
    return cutIntoSquares(area, sizeMetres, limit);
  } catch (error) {
    if (error instanceof TooManyTasks) return error;
    if (error instanceof GeometryFault && error.rule === "too-intricate") return error;
    throw error;
  }
}

/** The next size to try: the one that the number found suggests, if it lies well between those that are known. */
function nextSize(size: number, excess: number, tooSmall: number, tooLarge: number): number {
  const guess = size * Math.min(Math.max(Math.sqrt(excess), 1 / 4), 4);
  if (tooLarge === Infinity) return Math.max(guess, size * LEAST_STEP);
  if (tooSmall === 0) return Math.min(guess, size / LEAST_STEP);
  const part = Math.log(guess / tooSmall) / Math.log(tooLarge / tooSmall);
  return part > 0.1 && part < 0.9 ? guess : Math.sqrt(tooSmall * tooLarge);
}
