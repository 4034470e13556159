import { borders } from "../assets/borders.ts";
import { type Bounds, eastOf, southOf } from "./bounds.ts";
import { PathData } from "./path-data.ts";
import type { View } from "./view.ts";

/** A border in web mercator: x and y in turn. */
interface Line {
  bounds: Bounds;
  places: Float64Array;
}

let lines: Line[] | undefined;

/** The borders and coasts of countries within a picture, as the data of a path. */
export function borderLines(view: View): string {
  lines ??= borders().coordinates.map((it) => lineOf(it));
  const data = new PathData();
  for (const shift of view.bounds.east > 1 ? [0, 1] : [0])
    for (const line of lines)
      if (meets(line.bounds, view.bounds, shift)) draw(line.places, view, shift, data);
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

/** Draws the parts of a line that may be seen. */
function draw(places: Float64Array, { bounds, scale }: View, shift: number, data: PathData): void {
  let [lastX, lastY]: [number, number] = [Number.NaN, Number.NaN];
  for (let at = 0; at + 3 < places.length; at += 2) {
    const [x1, y1, x2, y2] = places.subarray(at, at + 4) as unknown as [number, number, number, number];
    const step = {
      west: Math.min(x1, x2),
      north: Math.min(y1, y2),
      east: Math.max(x1, x2),
      south: Math.max(y1, y2),
    };
    // The edge of the world is no border.
    if (!meets(step, bounds, shift) || isEdge(x1, x2)) continue;
    const [fromX, fromY] = [across(x1), down(y1)];
    const [toX, toY] = [across(x2), down(y2)];
    if (fromX === toX && fromY === toY) continue;
    if (fromX !== lastX || fromY !== lastY) data.move(fromX, fromY);
    data.line(toX, toY);
    [lastX, lastY] = [toX, toY];
  }
  function across(x: number) {
    return Math.round((x + shift - bounds.west) * scale);
  }
  function down(y: number) {
    return Math.round((y - bounds.north) * scale);
  }
}

const EDGE = 1e-6;

function isEdge(one: number, other: number): boolean {
  return (one < EDGE && other < EDGE) || (one > 1 - EDGE && other > 1 - EDGE);
}
