import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Lines } from "./cut-into-strips.ts";

/** A square of the web-mercator grid. The world is 2^zoom squares wide; x counts from the west, y from the north. */
export interface Tile {
  zoom: number;
  x: number;
  y: number;
}

/** The whole square of a tile. Neighbours have the same doubles where they meet. */
export function tileArea({ zoom, x, y }: Tile): MultiPolygon {
  const west = longitudeOfLine(x, zoom);
  const east = longitudeOfLine(x + 1, zoom);
  const north = latitudeOfLine(y, zoom);
  const south = latitudeOfLine(y + 1, zoom);
  return squareArea(west, south, east, north);
}

/** The area of a rectangle in degrees, counterclockwise from its south-western corner. */
export function squareArea(west: number, south: number, east: number, north: number): MultiPolygon {
  return create(MultiPolygonSchema, {
    coordinates: [west, south, east, south, east, north, west, north, west, south],
    ringLengths: [5],
    polygonLengths: [1],
  });
}

/** The longitude of the western edge of column x, in degrees; exact. */
export function longitudeOfLine(x: number, zoom: number): number {
  return (x / 2 ** zoom) * 360 - 180;
}

/** The latitude of the northern edge of row y, in degrees. */
export function latitudeOfLine(y: number, zoom: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** zoom))) * 180) / Math.PI;
}

/** The lines between the columns of a zoom, as longitudes from west to east. */
export function columnLines(zoom: number): Lines {
  const strips = 2 ** zoom;
  const at = (x: number) => longitudeOfLine(x, zoom);
  return {
    strips,
    at,
    floor: (longitude) => settle(at, strips, ((longitude + 180) / 360) * strips, longitude),
  };
}

/** The lines between the rows of a zoom, as negated latitudes, so that they rise from north to south. */
export function rowLines(zoom: number): Lines {
  const strips = 2 ** zoom;
  const at = (y: number) => -latitudeOfLine(y, zoom);
  const floor = (negated: number) => {
    const height = Math.asinh(Math.tan((-negated * Math.PI) / 180)) / Math.PI;
    return settle(at, strips, ((1 - height) / 2) * strips, negated);
  };
  return { strips, at, floor };
}

/** Finds the last line that is not above `value`, from an estimate of where it is; -1 if there is none. */
export function settle(
  at: (line: number) => number,
  strips: number,
  estimate: number,
  value: number,
): number {
  let line = Math.min(Math.max(Math.floor(estimate), -1), strips);
  while (line < strips && at(line + 1) <= value) line++;
  while (line >= 0 && at(line) > value) line--;
  return line;
}
