import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { TaskAreaFault } from "../validity/task-area-fault.ts";
import { checkTaskAreas } from "./check-task-areas.ts";
import { cutIntoAbout } from "./cut-into-about.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import { cutIntoGrid, type GridEdge, type GridTask } from "./grid.ts";
import { isSliver, uncoveredGround } from "./uncovered-ground.ts";

/** The most squares of the grid that are made of a whole area in order to fill it with whole squares. */
const MOST_SQUARES = 1_000_000;

/** How ground is cut into tasks. */
export type FillCut =
  | { by: "zoom"; zoom: number; edge: GridEdge }
  | { by: "size"; sizeMetres: number }
  | { by: "count"; count: number }
  | { by: "areas" };

/**
 * Cuts the ground of an area that no task covers, as `cutIntoGrid`, `cutIntoSquares` and `cutIntoAbout` cut an area. With
 * whole squares, that is the ground of all squares of the grid that share ground with the area; what others cover is taken
 * from them as well. What is no more than rounding along a border gives no task.
 *
 * @throws TooManyTasks if there would be more than `limit` tasks
 * @throws GeometryFault if the area is invalid, or "too-intricate"
 */
export function fillGround(
  area: MultiPolygon,
  covers: readonly MultiPolygon[],
  cut: Exclude<FillCut, { by: "areas" }>,
  limit: number,
): GridTask[] {
  const isWhole = cut.by === "zoom" && cut.edge === "whole";
  const within = isWhole
    ? cutIntoGrid(area, cut.zoom, "whole", MOST_SQUARES).map((square) => square.area)
    : [area];
  const ground = uncoveredGround(within, covers);
  if (ground === undefined) return [];
  return cutGround(ground, cut, limit).filter((task) => !isSliver(task.area));
}

function cutGround(ground: MultiPolygon, cut: Exclude<FillCut, { by: "areas" }>, limit: number): GridTask[] {
  if (cut.by === "zoom") return cutIntoGrid(ground, cut.zoom, "clipped", limit);
  if (cut.by === "size") return cutIntoSquares(ground, cut.sizeMetres, limit);
  return cutIntoAbout(ground, cut.count, limit);
}

/**
 * Checks areas that are to become tasks beside others, as `checkTaskAreas` does, and that they lie on ground that no other
 * task covers.
 *
 * @throws TooManyTasks if there are more than `limit`
 * @throws TaskAreaFault
 */
export function checkFillAreas(
  area: MultiPolygon,
  covers: readonly MultiPolygon[],
  areas: readonly MultiPolygon[],
  limit: number,
): void {
  checkTaskAreas(area, areas, limit);
  const ground = uncoveredGround([area], covers);
  if (ground === undefined) throw new TaskAreaFault(0, "covered", {});
  try {
    checkTaskAreas(ground, areas, limit);
  } catch (fault) {
    if (!(fault instanceof TaskAreaFault) || fault.rule !== "outside") throw fault;
    throw new TaskAreaFault(fault.index, "covered", { point: fault.point });
  }
}
