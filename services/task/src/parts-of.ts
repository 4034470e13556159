import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { CannotSplit } from "@tessera/geometry/validity/cannot-split.ts";
import type { WorkOptions } from "@tessera/geometry/work/run-in-worker.ts";
import { splitInWorker } from "@tessera/geometry/work/shape-in-worker.ts";
import type { WholeTask } from "./tasks/whole-task.ts";

/**
 * What a task, with its area, is split into; undefined if it cannot be. `within` is the area of interest, which a square
 * is clipped to.
 *
 * @throws GeometryTimeout
 */
export async function partsOf(
  { area, tile }: WholeTask,
  within: MultiPolygon | undefined,
  options: WorkOptions,
): Promise<GridTask[] | undefined> {
  if (area === undefined) throw new Error("a task without its area cannot be split");
  try {
    return await splitInWorker({ area, ...(tile && { tile }) }, within ?? area, options);
  } catch (error) {
    // What is valid and cannot be cut with certainty stays whole.
    if (error instanceof CannotSplit || error instanceof GeometryFault) return undefined;
    throw error;
  }
}
