import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { packAreas } from "../areas/packed-areas.ts";
import { tasksOutside } from "../grids/tasks-outside.ts";
import { runInWorker, type WorkOptions } from "./run-in-worker.ts";

/**
 * Up to this many positions, those of the area times the tasks, the work runs in the calling thread: that takes some
 * 5 ms.
 */
const INLINE_STEPS = 20_000;

/**
 * Finds the tasks that share no ground with an area as `tasksOutside` does, without holding up the event loop.
 *
 * @throws GeometryTimeout
 */
export async function outsideInWorker(
  area: MultiPolygon,
  tasks: readonly MultiPolygon[],
  options: WorkOptions,
): Promise<number[]> {
  options.signal?.throwIfAborted();
  if ((area.coordinates.length / 2) * tasks.length <= INLINE_STEPS) return tasksOutside(area, tasks);
  const job = { kind: "outside", area: packAreas([area]), tasks: packAreas(tasks) } as const;
  return Array.from(await runInWorker(job, options));
}
