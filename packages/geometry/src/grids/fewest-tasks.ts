import type { Outline } from "../areas/outline.ts";
import type { Lines } from "./cut-into-strips.ts";

/**
 * Returns, from one pass over the vertices, the least number of tasks of an area: as many as its ground takes if all
 * squares were as large as the largest, and as many as the rows or columns that one polygon reaches over. Polygons
 * that reach beyond the grid count by their rows only.
 */
export function fewestTasks(outline: Outline, rows: Lines, columns: Lines): number {
  const { firstOfRing, polygonOfRing } = outline;
  const north = -rows.at(0);
  const whole = nothing();
  let squareDegrees = 0;
  let fewest = 0;
  for (let ring = 0; ring < polygonOfRing.length; ) {
    const polygon = polygonOfRing[ring];
    const extent = nothing();
    let ground = 0;
    for (; polygonOfRing[ring] === polygon; ring++) {
      ground += measure(outline, firstOfRing[ring] as number, firstOfRing[ring + 1] as number, extent);
    }
    fewest = Math.max(fewest, stripsBetween(rows, -extent.north, -extent.south));
    if (extent.north > north || extent.south < -north) continue;
    fewest = Math.max(fewest, stripsBetween(columns, extent.west, extent.east));
    squareDegrees += ground;
    whole.south = Math.min(whole.south, extent.south);
    whole.north = Math.max(whole.north, extent.north);
  }
  if (squareDegrees <= 0) return fewest;
  return Math.max(fewest, squareDegrees / largestSquare(rows, columns, whole.south, whole.north));
}

interface Extent {
  west: number;
  south: number;
  east: number;
  north: number;
}

function nothing(): Extent {
  return { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
}

/** The plane area of a ring in square degrees, negative for a hole; widens `extent` to it. */
function measure({ x, y, next }: Outline, from: number, end: number, extent: Extent): number {
  let twice = 0;
  for (let v = from; v < end; v++) {
    const w = next[v] as number;
    const ax = (x[v] as number) - (x[from] as number);
    const ay = (y[v] as number) - (y[from] as number);
    twice += ax * ((y[w] as number) - (y[from] as number)) - ((x[w] as number) - (x[from] as number)) * ay;
    extent.west = Math.min(extent.west, x[v] as number);
    extent.east = Math.max(extent.east, x[v] as number);
    extent.south = Math.min(extent.south, y[v] as number);
    extent.north = Math.max(extent.north, y[v] as number);
  }
  return twice / 2;
}

/** The strips that lie between two values; those in which the values lie are left out, as they may not count. */
function stripsBetween(lines: Lines, low: number, high: number): number {
  return Math.min(lines.floor(high), lines.strips) - Math.max(lines.floor(low), -1) - 1;
}

/** The square degrees of the largest square between two latitudes: the one nearest to the equator. */
function largestSquare(rows: Lines, columns: Lines, south: number, north: number): number {
  const row = rows.floor(-Math.min(Math.max(0, south), north));
  const height = (strip: number) => rows.at(strip + 1) - rows.at(strip);
  return Math.max(height(row), height(row - 1)) * (columns.at(1) - columns.at(0));
}
