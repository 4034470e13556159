import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { METRES_PER_DEGREE } from "../areas/measure.ts";
import type { Box } from "../validity/clipped-edges.ts";
import { type Ground, groundOf, sharedIn } from "./ground.ts";

/** What a task shares with an area is no ground up to this, */
export const SHARED_SQUARE_METRES = 1;

/** unless it is this share of the task, or more. */
export const SHARED_SHARE = 1 / 1000;

/**
 * Finds the tasks that share no ground with an area, by their places in the list, in order. Neighbours that share an edge
 * share no ground, and neither do those whose edges rounding laid over each other.
 *
 * All of the areas are such that `checkArea` lets them pass.
 */
export function tasksOutside(area: MultiPolygon, tasks: Iterable<MultiPolygon>): number[] {
  const whole = groundOf(area);
  const outside: number[] = [];
  let index = 0;
  for (const task of tasks) {
    if (isOutside(groundOf(task), whole)) outside.push(index);
    index++;
  }
  return outside;
}

function isOutside(task: Ground, whole: Ground): boolean {
  const common = commonBox(task.box, whole.box);
  if (common.west >= common.east || common.south >= common.north) return true;
  const shared = sharedIn(task, whole, common);
  const metresEast = METRES_PER_DEGREE * Math.cos((((common.south + common.north) / 2) * Math.PI) / 180);
  return (
    shared * METRES_PER_DEGREE * metresEast <= SHARED_SQUARE_METRES &&
    shared < task.squareDegrees * SHARED_SHARE
  );
}

function commonBox(a: Box, b: Box): Box {
  return {
    west: Math.max(a.west, b.west),
    south: Math.max(a.south, b.south),
    east: Math.min(a.east, b.east),
    north: Math.min(a.north, b.north),
  };
}
