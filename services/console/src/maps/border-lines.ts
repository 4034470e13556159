import { borders } from "../assets/borders.ts";
import { type Bounds, eastOf, southOf } from "./bounds.ts";
import { PathData } from "./path-data.ts";
import type { View } from "./view.ts";

/** A border in web mercator: x and y in turn. */
interface Line {
  bounds: Bounds;
  places: Float64Array;
}

let coastsToo: Line[] | undefined;

/** The borders and coasts of countries within a picture, as the data of a path. */
export function borderLines(view: View): string {
  coastsToo ??= borders().coordinates.map((it) => lineOf(it));
  return linesWithin(view, coastsToo, 1);
}

/** The borders between countries within a picture. Islands and details of less than `least` units are left out. */
export function landBorderLines(view: View, least: number): string {
  const lines = borders("between countries").coordinates.map((it) => lineOf(it));
  return linesWithin(view, lines, least);
}

function linesWithin(view: View, lines: readonly Line[], least: number): string {
  const data = new PathData();
  for (const shift of view.bounds.east > 1 ? [0, 1] : [0])
    for (const { bounds, places } of lines) {
      const size = Math.max(bounds.east - bounds.west, bounds.south - bounds.north) * view.scale;
      if (size >= least && meets(bounds, view.bounds, shift)) draw(places, view, shift, least, data);
    }
  return String(data);
}

function lineOf(coordinates: readonly number[][]): Line {
  const places = new Float64Array(2 * coordinates.length);
  const bounds = { west: Infinity, north: Infinity, east: -Infinity, south: -Infinity };
  coordinates.forEach(([longitude = 0, latitude = 0], at) => {
    const [x, y] = [eastOf(longitude), southOf(latitude)];
    places.set([x, y], 2 * at);
    bounds.west = Math.min(bounds.west, x);
    bounds.north = Math.min(bounds.north, y);
    bounds.east = Math.max(bounds.east, x);
    bounds.south = Math.max(bounds.south, y);
  });
  return { bounds, places };
}

function meets(one: Bounds, other: Bounds, shift = 0): boolean {
  return (
    one.west + shift <= other.east &&
    one.east + shift >= other.west &&
    one.north <= other.south &&
    one.south >= other.north
  );
}

/** Draws the parts of a line that may be seen, without details of less than `least` units. */
function draw(
  places: Float64Array,
  { bounds, scale }: View,
  shift: number,
  least: number,
  data: PathData,
): void {
  let pen: [number, number] | undefined;
  for (let at = 0; at + 3 < places.length; at += 2) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = places.subarray(at, at + 4);
    const step = {
      west: Math.min(x1, x2),
      north: Math.min(y1, y2),
      east: Math.max(x1, x2),
      south: Math.max(y1, y2),
    };
    if (!meets(step, bounds, shift)) {
      pen = undefined;
      continue;
    }
    const from = pen ?? placed(x1, y1);
    const to = placed(x2, y2);
    const isLast = at + 5 >= places.length;
    const length = Math.abs(to[0] - from[0]) + Math.abs(to[1] - from[1]);
    if (length === 0 || (length < least && !isLast)) {
      if (pen === undefined) data.move(...from);
      pen = from;
      continue;
    }
    if (pen === undefined) data.move(...from);
    data.line(...to);
    pen = to;
  }
  function placed(x: number, y: number): [number, number] {
    return [Math.round((x + shift - bounds.west) * scale), Math.round((y - bounds.north) * scale)];
  }
}
