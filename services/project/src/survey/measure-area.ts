import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type BoundingBox, boundingBoxAround } from "@tessera/geometry/areas/bounding-box.ts";
import type { Point } from "@tessera/geometry/areas/geometry-fault.ts";
import { insidePoint } from "@tessera/geometry/areas/inside-point.ts";
import { areaSquareKilometres } from "@tessera/geometry/areas/measure.ts";
import { countriesOf } from "./countries.ts";

/** What the service sets beside an area. */
export interface Survey {
  boundingBox: BoundingBox;
  areaSquareKilometres: number;
  /** A point inside. */
  centroid: Point;
  /** As ISO 3166-1 alpha-2, in alphabetical order. */
  countries: string[];
}

/** Measures a valid area. */
export function measureArea(area: MultiPolygon): Survey {
  return {
    boundingBox: boundingBoxAround(area),
    areaSquareKilometres: areaSquareKilometres(area),
    centroid: insidePoint(area),
    countries: countriesOf(area),
  };
}
