import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { packAreas } from "../areas/packed-areas.ts";
import { checkArea } from "../validity/check-area.ts";
import { runInWorker, type WorkOptions } from "./run-in-worker.ts";

/** Up to this many vertices an area is checked where it is: that takes some 5 ms, and a thread's start 50. */
const INLINE_VERTICES = 5_000;

/**
 * Checks an area as `checkArea` does, without holding up the event loop.
 *
 * @throws GeometryFault if the area breaks a rule
 * @throws GeometryTimeout
 */
export async function checkInWorker(area: MultiPolygon, options: WorkOptions): Promise<void> {
  options.signal?.throwIfAborted();
  if (area.coordinates.length <= 2 * INLINE_VERTICES) checkArea(area);
  else await runInWorker({ kind: "check", area: packAreas([area]) }, options);
}
