import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { orientation } from "./orientation.ts";

/** Returns whether a point lies in a valid area, by exact arithmetic. Its border belongs to it. */
export function containsPoint(area: MultiPolygon, longitude: number, latitude: number): boolean {
  const { coordinates } = area;
  let at = 0;
  let inside = false;
  for (const length of area.ringLengths) {
    for (const last = at + 2 * (length - 1); at < last; at += 2) {
      const x1 = coordinates[at] as number;
      const y1 = coordinates[at + 1] as number;
      const x2 = coordinates[at + 2] as number;
      const y2 = coordinates[at + 3] as number;
      if (Math.min(y1, y2) > latitude || Math.max(y1, y2) < latitude) continue;
      const side = orientation(x1, y1, x2, y2, longitude, latitude);
      if (side === 0) {
        if (Math.min(x1, x2) <= longitude && longitude <= Math.max(x1, x2)) return true;
        continue;
      }
      // An edge counts from its lower end, without its upper one, so that a vertex counts once.
      if (y1 > latitude !== y2 > latitude && side > 0 === y2 > y1) inside = !inside;
    }
    at += 2;
  }
  return inside;
}
