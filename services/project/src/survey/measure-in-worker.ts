import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { memoryOfAreas, packAreas } from "@tessera/geometry/areas/packed-areas.ts";
import { runQueued, type WorkOptions } from "@tessera/geometry/work/run-queued.ts";
import { measureArea, type Survey } from "./measure-area.ts";

/** Up to this many numbers an area is measured where it is, which takes some 5 ms. */
const INLINE_COORDINATES = 10_000;

/**
 * Measures a valid area without holding up the event loop.
 *
 * @throws GeometryTimeout
 */
export async function measureInWorker(area: MultiPolygon, options: WorkOptions): Promise<Survey> {
  if (area.coordinates.length <= INLINE_COORDINATES) return measureArea(area);
  const data = packAreas([area]);
  const module = new URL("./measure-worker.ts", import.meta.url);
  return runQueued<Survey>({ module, data, transferList: memoryOfAreas(data) }, options);
}
