import { type Bounds, eastOf, southOf } from "./bounds.ts";

/** A part of the world as a picture of whole units. */
export interface View {
  bounds: Bounds;
  /** The size of the picture. */
  width: number;
  height: number;
  /** How many units of the picture a world is. */
  scale: number;
}

/** Room around what is shown, as a part of the longer side. */
const MARGIN = 0.02;

/** A picture of a part of the world that is `longSide` units on its longer side. */
export function viewOf(bounds: Bounds, longSide: number): View {
  const { west, north, east, south } = bounds;
  const scale = longSide / Math.max(east - west, south - north, Number.EPSILON);
  const width = Math.max(1, Math.ceil((east - west) * scale));
  return { bounds, width, height: Math.max(1, Math.ceil((south - north) * scale)), scale };
}

/** Where a place is in a picture. Pictures that go over 180° have what is east of that on their right. */
export function placeIn({ bounds, scale }: View, longitude: number, latitude: number): [number, number] {
  const x = eastOf(longitude);
  const isBeyond = bounds.east > 1 && x < (bounds.west + bounds.east) / 2 - 0.5;
  return [
    Math.round(((isBeyond ? x + 1 : x) - bounds.west) * scale),
    Math.round((southOf(latitude) - bounds.north) * scale),
  ];
}

/** The attribute of the picture's svg element, with a small margin. */
export function viewBoxOf({ width, height }: View): string {
  const margin = Math.max(1, Math.round(MARGIN * Math.max(width, height)));
  return `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`;
}
