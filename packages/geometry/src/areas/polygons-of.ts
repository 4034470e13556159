import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/** Takes an area apart: each of its polygons, in order, as an area of its own. */
export function polygonsOf({ coordinates, ringLengths, polygonLengths }: MultiPolygon): MultiPolygon[] {
  let [ring, at] = [0, 0];
  return polygonLengths.map((rings) => {
    const lengths = ringLengths.slice(ring, ring + rings);
    const size = 2 * lengths.reduce((sum, length) => sum + length, 0);
    const polygon = create(MultiPolygonSchema, {
      coordinates: coordinates.slice(at, at + size),
      ringLengths: lengths,
      polygonLengths: [rings],
    });
    ring += rings;
    at += size;
    return polygon;
  });
}
