import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Place } from "@tessera/geometry/geometry-fault.ts";
import { insidePoint } from "@tessera/geometry/inside-point.ts";
import { areaSquareKilometres, boundingBoxOf } from "@tessera/geometry/measure.ts";
import { countriesOf } from "./countries.ts";

/** What the service sets beside an area. */
export interface Survey {
  boundingBox: { west: number; south: number; east: number; north: number };
  areaSquareKilometres: number;
  /** A place inside. */
  centroid: Place;
  /** As ISO 3166-1 alpha-2, in alphabetical order. */
  countries: string[];
}

/** Measures a valid area. */
export function measureArea(area: MultiPolygon): Survey {
  return {
    boundingBox: boundingBoxOf(area),
    areaSquareKilometres: areaSquareKilometres(area),
    centroid: insidePoint(area),
    countries: countriesOf(area),
  };
}
