import type { Shape } from "./task-shapes.ts";

/** The squares on the longer side of a coarse picture: even if no two beside each other are alike it is small. */
const SQUARES = 88;

/** Shapes as squares of a grid, each like the shape in its middle: for areas of too many corners for a small picture. */
export function coarse(shapes: readonly Shape[]): Shape[] {
  const boxes = shapes.map(boxOf);
  const [west, north, east, south] = boxes.reduce(around, NOWHERE);
  const step = Math.max(1, Math.ceil(Math.max(east - west, south - north) / SQUARES));
  const found = new Map<string, Shape>();
  shapes.forEach((shape, at) => {
    const [left, top, right, bottom] = boxes[at] as Box;
    for (let row = Math.floor((top - north) / step); north + row * step <= bottom; row++)
      for (let column = Math.floor((left - west) / step); west + column * step <= right; column++) {
        const [x, y] = [west + column * step, north + row * step];
        if (!isInside(shape.rings, x + step / 2 + 0.01, y + step / 2 + 0.01)) continue;
        const ring = [x, y, x + step, y, x + step, y + step, x, y + step];
        found.set(`${column} ${row}`, { ...shape, rings: [ring], lines: [] });
      }
  });
  return [...found.values()];
}

type Box = [west: number, north: number, east: number, south: number];

const NOWHERE: Box = [Infinity, Infinity, -Infinity, -Infinity];

function boxOf({ rings }: Shape): Box {
  let box = NOWHERE;
  for (const ring of rings)
    for (let at = 0; at < ring.length; at += 2) {
      const [x, y] = [ring[at] as number, ring[at + 1] as number];
      box = around(box, [x, y, x, y]);
    }
  return box;
}

function around(one: Box, other: Box): Box {
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[2], other[2]),
    Math.max(one[3], other[3]),
  ];
}

/** Whether a place lies in an area: the line from it to the east crosses its rings an odd number of times. */
function isInside(rings: readonly number[][], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings)
    for (let at = 0; at < ring.length; at += 2) {
      const [x1, y1] = [ring[at] as number, ring[at + 1] as number];
      const [x2, y2] = [ring[(at + 2) % ring.length] as number, ring[(at + 3) % ring.length] as number];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  return inside;
}
