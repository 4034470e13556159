import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import Flatbush from "flatbush";
import { GeometryFault, type Point } from "../areas/geometry-fault.ts";
import { METRES_PER_DEGREE } from "../areas/measure.ts";
import { checkArea } from "../validity/check-area.ts";
import type { Box } from "../validity/clipped-edges.ts";
import { TaskAreaFault } from "../validity/task-area-fault.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { beyondIn, type Ground, groundOf, sharedIn } from "./ground.ts";

/** An overlap or a part outside may be rounding if it has no more ground than this, */
export const ROUNDING_SQUARE_METRES = 1;

/** or no larger a share than this of the smaller task. */
export const ROUNDING_SHARE = 1 / 1000;

/** How closely a point is looked for: in a box that has the fault on this part of its ground. */
const CLEAR_PART = 0.99;

/** How often a box is halved at most in looking for a point. */
const MOST_HALVINGS = 60;

/**
 * Checks areas, from whomever they came, that are to become tasks of `within`, an area that `checkArea` lets pass: each
 * is valid as `checkArea` says, each lies in `within`, and none overlaps another. They may share edges and vertices.
 *
 * Other tools round coordinates. An overlap or a part outside counts only if it is larger than `ROUNDING_SQUARE_METRES`
 * and larger than `ROUNDING_SHARE` of the task, of the smaller one for overlaps; ground is measured as at the middle
 * latitude of the box in which it lies, edges being straight in longitude and latitude.
 *
 * Of several faults the first is returned: all areas are checked for one rule before the next (`TASK_AREA_RULES` has
 * their order), each in the order of the list, and of an overlap the later area, with the first one that it overlaps.
 *
 * @throws TooManyTasks if there are more than `limit`, before all else
 * @throws TaskAreaFault
 */
export function checkTaskAreas(within: MultiPolygon, areas: readonly MultiPolygon[], limit: number): void {
  if (areas.length > limit) throw new TooManyTasks(limit);
  if (areas.length === 0) return;
  for (const [index, area] of areas.entries()) refuseInvalid(area, index);
  const tasks = areas.map(groundOf);
  const whole = groundOf(within);
  for (const [index, task] of tasks.entries()) refuseOutside(task, whole, index);
  const boxes = new Flatbush(tasks.length);
  for (const { box } of tasks) boxes.add(box.west, box.south, box.east, box.north);
  boxes.finish();
  for (const [index, { box }] of tasks.entries()) {
    const earlier = boxes.search(box.west, box.south, box.east, box.north, (other) => other < index);
    for (const other of earlier.sort((a, b) => a - b)) refuseOverlap(tasks, index, other);
  }
}

function refuseInvalid(area: MultiPolygon, index: number): void {
  try {
    checkArea(area);
  } catch (fault) {
    if (!(fault instanceof GeometryFault)) throw fault;
    const { rule, path, point } = fault;
    throw new TaskAreaFault(index, "invalid", { invalid: { rule, path }, point });
  }
}

function refuseOutside(task: Ground, whole: Ground, index: number): void {
  const outside = (box: Box) => beyondIn(task, whole, box);
  const amount = outside(task.box);
  if (isRounding(amount, task.squareDegrees, task.box)) return;
  throw new TaskAreaFault(index, "outside", { point: largestPoint(outside, task.box, amount) });
}

function refuseOverlap(tasks: Ground[], index: number, other: number): void {
  const [a, b] = [tasks[index], tasks[other]] as [Ground, Ground];
  const box = {
    west: Math.max(a.box.west, b.box.west),
    south: Math.max(a.box.south, b.box.south),
    east: Math.min(a.box.east, b.box.east),
    north: Math.min(a.box.north, b.box.north),
  };
  const smaller = Math.min(a.squareDegrees, b.squareDegrees);
  // Of neighbours that share an edge along a parallel or meridian this is all.
  if (isRounding(squareDegreesOf(box), smaller, box)) return;
  const overlap = (part: Box) => sharedIn(a, b, part);
  const amount = overlap(box);
  if (isRounding(amount, smaller, box)) return;
  throw new TaskAreaFault(index, "overlaps", { other, point: largestPoint(overlap, box, amount) });
}

function isRounding(squareDegrees: number, ofTask: number, { south, north }: Box): boolean {
  const metresEast = METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
  return (
    squareDegrees * METRES_PER_DEGREE * metresEast <= ROUNDING_SQUARE_METRES ||
    squareDegrees <= ofTask * ROUNDING_SHARE
  );
}

function squareDegreesOf({ west, south, east, north }: Box): number {
  return (east - west) * (north - south);
}

/** Finds a point where something is, by halving its box and continuing with the half that has more. */
function largestPoint(amountIn: (box: Box) => number, start: Box, amountAtStart: number): Point {
  let box = start;
  let amount = amountAtStart;
  for (let i = 0; i < MOST_HALVINGS && amount < CLEAR_PART * squareDegreesOf(box); i++) {
    const [one, other] = halvesOf(box);
    const [first, second] = [amountIn(one), amountIn(other)];
    box = first >= second ? one : other;
    amount = Math.max(first, second);
  }
  return { longitude: (box.west + box.east) / 2, latitude: (box.south + box.north) / 2 };
}

function halvesOf(box: Box): [Box, Box] {
  const { west, south, east, north } = box;
  const [longitude, latitude] = [(west + east) / 2, (south + north) / 2];
  return east - west > north - south
    ? [
        { ...box, east: longitude },
        { ...box, west: longitude },
      ]
    : [
        { ...box, north: latitude },
        { ...box, south: latitude },
      ];
}
