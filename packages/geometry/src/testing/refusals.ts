import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { areaSquareKilometres, boundingBoxOf, METRES_PER_DEGREE } from "../areas/measure.ts";
import { cutIntoAbout } from "../grids/cut-into-about.ts";
import { cutIntoSquares } from "../grids/cut-into-squares.ts";
import { cutIntoGrid, type GridTask } from "../grids/grid.ts";
import { splitTask } from "../splitting/split-task.ts";
import { CannotSplit } from "../validity/cannot-split.ts";
import { checkArea } from "../validity/check-area.ts";
import { areaOfDrawing, isValid, needles, randomDrawing, STEP } from "./near-areas.ts";
import { type Random, randomArea, randomFrame, randomOf } from "./random-areas.ts";

/** More tasks than any of these areas gives. */
const NO_LIMIT = 1_000_000;

/** The share of its bounding box's ground by which a cut may change an area: rounding. */
const ROUNDING_SHARE = 1e-12;

/** The ground that a task may lose, in square kilometres: slivers of 1e-14 square degrees are left away. */
const SLIVER_SQUARE_KILOMETRES = 2.5e-10;

/** Cutting into about a number cuts up to twelve times, so only a part of the areas are cut so. */
const ABOUT_SHARE = 1 / 5;

/** A way of cutting: how often it was tried, and the numbers of the areas that it refused or whose ground it changed. */
export interface Tally {
  tried: number;
  refused: number[];
  changed: number[];
}

/** Cuts random areas of a few dozen vertices: none of them is too intricate for any way of cutting. */
export function countRefusals(seed: number, numbers: Iterable<number>): Map<string, Tally> {
  const tallies = new Map(
    Object.keys(WAYS).map((name): [string, Tally] => [name, { tried: 0, refused: [], changed: [] }]),
  );
  for (const number of numbers) {
    const random = randomOf(seed, number);
    const { area, step } = anyArea(random);
    if (area === undefined) continue;
    for (const [name, tally] of tallies) {
      tally.tried++;
      try {
        const tasks = WAYS[name]?.(area, step, random);
        if (tasks !== undefined && !isTogether(tasks, area)) tally.changed.push(number);
      } catch (fault) {
        if (!(fault instanceof GeometryFault)) throw fault;
        tally.refused.push(number);
      }
    }
  }
  return tallies;
}

/** Each way of cutting a valid area. Returns its tasks where they are to be the area to the last sliver. */
const WAYS: Record<string, (area: MultiPolygon, step: number, random: Random) => GridTask[] | undefined> = {
  squares: (area, step, random) => {
    const steps = [1 / 3, 0.5, 0.95, 1, 1.5, 2, 3.05][Math.floor(random() * 7)] as number;
    return cutIntoSquares(area, steps * step * METRES_PER_DEGREE, NO_LIMIT);
  },
  about: (area, _, random) => {
    if (random() > ABOUT_SHARE) return undefined;
    return cutIntoAbout(area, 1 + Math.floor(random() * 60), NO_LIMIT);
  },
  // Vertices that lie on lines but for rounding are moved: `npm run differential` knows by how much.
  grid: (area, step, random) => {
    const zoom = Math.round(Math.log2(360 / step) + random());
    for (const task of cutIntoGrid(area, zoom, "clipped", NO_LIMIT)) checkArea(task.area);
    return undefined;
  },
  parts: (area) => partsOf({ area }, area),
  children: (area, step) => {
    const zoom = Math.max(Math.round(Math.log2(360 / step)) - 2, 1);
    for (const task of cutIntoGrid(area, zoom, "whole", NO_LIMIT)) partsOf(task, area);
    return undefined;
  },
};

function anyArea(random: Random): { area: MultiPolygon | undefined; step: number } {
  const kind = random();
  if (kind < 1 / 3) return { area: areaOfDrawing(randomDrawing(random)), step: STEP };
  const frame = randomFrame(random);
  if (kind < 2 / 3) return { area: needles(random, frame), step: frame.step };
  const { area } = randomArea(random, frame);
  return { area: isValid(area) ? area : undefined, step: frame.step };
}

function partsOf(task: GridTask, within: MultiPolygon): GridTask[] | undefined {
  try {
    return splitTask(task, within);
  } catch (error) {
    if (error instanceof CannotSplit) return undefined;
    throw error;
  }
}

/** Whether tasks are valid and have together the ground of an area. */
function isTogether(tasks: readonly GridTask[], area: MultiPolygon): boolean {
  for (const task of tasks) checkArea(task.area);
  const { west, south, east, north } = boundingBoxOf(area);
  const box = (east - west) * (north - south) * (METRES_PER_DEGREE / 1000) ** 2;
  const sum = tasks.reduce((total, task) => total + areaSquareKilometres(task.area), 0);
  const most = box * ROUNDING_SHARE + SLIVER_SQUARE_KILOMETRES * Math.max(tasks.length, 1);
  return Math.abs(sum - areaSquareKilometres(area)) <= most;
}
