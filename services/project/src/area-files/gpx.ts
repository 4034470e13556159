import { readPolygon } from "@tessera/geometry/areas/area-reading.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import type { FileReading } from "./file-reading.ts";
import { positionOf, type XmlElement, type XmlReader } from "./xml.ts";

/** What has points, and what its points are called. */
const POINTS: Record<string, string> = { trkseg: "trkpt", rte: "rtept" };

/** Reads the closed segments of tracks, and the closed routes, of a GPX document. */
export function gpxReader(reading: FileReading): XmlReader {
  let ring: number[][] | undefined;
  return {
    open({ name, attributes, path }: XmlElement) {
      if (name in POINTS) ring = [];
      else if (name === "trkpt" || name === "rtept") {
        reading.countPositions(1);
        ring?.push(positionOf(attributes.lon, attributes.lat));
      } else if (name === "wpt")
        reading.report(new GeometryFault("type-not-taken", path(), undefined, "wpt, a waypoint"));
      else if (name === "ele" && ring !== undefined) reading.onHeight?.();
    },
    close({ name, path }: XmlElement) {
      if (ring === undefined || !(name in POINTS)) return;
      readPolygon(reading, [ring], path(), () => `${path()}/${POINTS[name]}`);
      ring = undefined;
    },
  };
}
