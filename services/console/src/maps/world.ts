import { coasts } from "../assets/borders.ts";
import { type Html, html } from "../html/html.ts";
import { landBorderLines } from "./border-lines.ts";
import { boundsOf } from "./bounds.ts";
import { PathData } from "./path-data.ts";
import { placeIn, viewOf } from "./view.ts";

/** The inhabited world as a picture. */
export const WORLD = viewOf(boundsOf({ west: -180, south: -58, east: 180, north: 78 }), 1_000);

/** Smaller details are left out: the picture stands on the first page. */
const DETAIL = 3;

/** The land and its borders in that picture. They end at its edges, also where its place is wider. */
export function worldPaths(): Html {
  return html`<svg width="${WORLD.width}" height="${WORLD.height}"><path class="land" d="${worldLand()}"/><path class="borders" d="${worldBorders()}"/></svg>`;
}

let borders: string | undefined;

/** The borders between countries in that picture, as the data of a path. */
function worldBorders(): string {
  borders ??= landBorderLines(WORLD, DETAIL);
  return borders;
}

let land: string | undefined;

/** The land of the world in that picture, as the data of a path to fill. */
function worldLand(): string {
  land ??= landData();
  return land;
}

function landData(): string {
  const data = new PathData();
  for (const ring of coasts()) {
    const places = unrolled(ring);
    // What lies south of the picture is Antarctica; what is a single place at this size is a small island.
    if (places.length < 3 || places.every(([, y]) => y >= WORLD.height)) continue;
    data.ring(places.flat());
    // Land that goes over 180° is on both sides of the picture.
    if (places.some(([x]) => x > WORLD.width)) data.ring(places.flatMap(([x, y]) => [x - WORLD.scale, y]));
  }
  return String(data);
}

/** A ring in the units of the picture, without small details, and without jumps at 180°. */
function unrolled(ring: readonly number[][]): [number, number][] {
  const places: [number, number][] = [];
  let shift = 0;
  let before: number | undefined;
  for (const [longitude = 0, latitude = 0] of ring) {
    const [inside, y] = placeIn(WORLD, longitude, latitude);
    if (before !== undefined && Math.abs(inside - before) > WORLD.scale / 2)
      shift += inside < before ? WORLD.scale : -WORLD.scale;
    before = inside;
    const [x, top] = [inside + shift, Math.max(0, y)];
    const last = places.at(-1);
    if (last === undefined || Math.abs(x - last[0]) + Math.abs(top - last[1]) >= DETAIL)
      places.push([x, top]);
  }
  return places;
}
