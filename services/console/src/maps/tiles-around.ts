import type { Bounds } from "./bounds.ts";

/** A tile, and the place of its north-western corner, counted in tiles: above 2^zoom beyond 180°. */
export interface PlacedTile {
  zoom: number;
  x: number;
  y: number;
  column: number;
}

/** Pictures are made of tiles of this zoom at most, which are exact to 4 cm. */
const ZOOM_MAX = 18;
const TILES_ACROSS = 2;

/** The tiles of the highest zoom of which two by two at most show all of an area. */
export function tilesAround({ west, north, east, south }: Bounds): PlacedTile[] {
  for (let zoom = ZOOM_MAX; zoom > 0; zoom--) {
    const columns = span(west, east, 2 ** zoom);
    const rows = span(north, Math.min(south, 1 - Number.EPSILON), 2 ** zoom);
    if (columns.length <= TILES_ACROSS && rows.length <= TILES_ACROSS)
      return rows.flatMap((y) => columns.map((column) => ({ zoom, x: column % 2 ** zoom, y, column })));
  }
  const columns = east > 1 ? [0, 1] : [0];
  return columns.map((column) => ({ zoom: 0, x: 0, y: 0, column }));
}

function span(from: number, to: number, size: number): number[] {
  const [first, last] = [Math.floor(from * size), Math.max(from * size, Math.ceil(to * size) - 1)];
  return Array.from({ length: Math.floor(last) - first + 1 }, (_, at) => first + at);
}
