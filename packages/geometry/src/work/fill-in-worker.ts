import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { packAreas } from "../areas/packed-areas.ts";
import type { FillCut } from "../grids/fill-ground.ts";
import type { GridTask } from "../grids/grid.ts";
import { unpackAtLeisure } from "../grids/packed-tasks.ts";
import { runInWorker, type WorkOptions } from "./run-in-worker.ts";

/** Ground, and what covers some of it. */
export interface PartlyCovered {
  area: MultiPolygon;
  covers: readonly MultiPolygon[];
}

/**
 * Cuts ground that no task covers as `fillGround` does, without holding up the event loop; areas that are given are checked
 * as `checkFillAreas` does, and become the tasks.
 *
 * @throws TooManyTasks if there would be more than `limit` tasks
 * @throws TaskAreaFault
 * @throws GeometryFault if the area is invalid or too intricate
 * @throws GeometryTimeout
 */
export async function fillInWorker(
  { area, covers }: PartlyCovered,
  cut: FillCut,
  given: readonly MultiPolygon[],
  limit: number,
  options: WorkOptions,
): Promise<GridTask[]> {
  options.signal?.throwIfAborted();
  const job = {
    kind: "fill",
    area: packAreas([area]),
    tasks: packAreas(covers),
    given: packAreas(given),
    cut,
    limit,
  } as const;
  const made = await unpackAtLeisure(await runInWorker(job, options), options.signal);
  return cut.by === "areas" ? given.map((it) => ({ area: it })) : made;
}
