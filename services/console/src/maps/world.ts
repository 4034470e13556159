import { borderLines } from "./border-lines.ts";
import { boundsOf } from "./bounds.ts";
import { viewOf } from "./view.ts";

/** The inhabited world as a picture. */
export const WORLD = viewOf(boundsOf({ west: -180, south: -58, east: 180, north: 78 }), 1_000);

/** Smaller details are left out: the picture stands on the first page. */
const DETAIL = 3;

let borders: string | undefined;

/** The borders and coasts of all countries in that picture, as the data of a path. */
export function worldBorders(): string {
  borders ??= borderLines(WORLD, DETAIL);
  return borders;
}
