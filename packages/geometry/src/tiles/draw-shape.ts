import { clipRing } from "./clip-ring.ts";
import { type Frame, isInside } from "./frame.ts";
import type { Shapes } from "./shapes.ts";

/** The commands of a geometry, as Mapbox Vector Tiles have them, and where the pen is. */
export interface Drawing {
  commands: number[];
  x: number;
  y: number;
}

const MOVE_TO = 1;
const LINE_TO = 2;
const CLOSE_PATH = 7;
const RING_POSITIONS_MIN = 3;

export function emptyDrawing(): Drawing {
  return { commands: [], x: 0, y: 0 };
}

export function erase(drawing: Drawing): void {
  drawing.commands.length = 0;
  drawing.x = 0;
  drawing.y = 0;
}

/**
 * Draws a shape into a tile: cut to it, and rounded to its units. Rings that have no ground left are left out, with their
 * holes. Positions on an edge that two shapes share are rounded to the same place.
 */
export function drawShape(shapes: Shapes, place: number, frame: Frame, drawing: Drawing): void {
  const { firstRings, outer } = shapes;
  const whole = isInside(shapes, place, frame);
  const end = firstRings[place + 1] as number;
  let hasOuter = false;
  for (let ring = firstRings[place] as number; ring < end; ring++) {
    const isOuter = outer[ring] === 1;
    if (!isOuter && !hasOuter) continue;
    const scaled = scaledRing(shapes, ring, frame);
    const drawn = drawRing(whole ? scaled : clipRing(scaled), isOuter ? 1 : -1, drawing);
    if (isOuter) hasOuter = drawn;
  }
}

function scaledRing({ firstPositions, positions }: Shapes, ring: number, { west, north, scale }: Frame) {
  const from = 2 * (firstPositions[ring] as number);
  const to = 2 * (firstPositions[ring + 1] as number);
  const scaled = new Array<number>(to - from);
  for (let at = from; at < to; at += 2) {
    scaled[at - from] = ((positions[at] as number) - west) * scale;
    scaled[at - from + 1] = ((positions[at + 1] as number) - north) * scale;
  }
  return scaled;
}

/** Draws a ring if ground of the right direction is left: outer rings run clockwise on the map, holes do not. */
function drawRing(ring: readonly number[], direction: 1 | -1, drawing: Drawing): boolean {
  const rounded = roundedRing(ring);
  const count = rounded.length / 2;
  if (count < RING_POSITIONS_MIN || twiceGround(rounded) * direction <= 0) return false;
  moveTo(rounded[0] as number, rounded[1] as number, drawing);
  drawing.commands.push(((count - 1) << 3) | LINE_TO);
  for (let at = 2; at < rounded.length; at += 2) {
    go(rounded[at] as number, rounded[at + 1] as number, drawing);
  }
  drawing.commands.push((1 << 3) | CLOSE_PATH);
  return true;
}

/** Positions that are rounded to the same place are one. */
function roundedRing(ring: readonly number[]): number[] {
  const rounded: number[] = [];
  let lastX = Number.NaN;
  let lastY = Number.NaN;
  for (let at = 0; at < ring.length; at += 2) {
    const x = Math.round(ring[at] as number);
    const y = Math.round(ring[at + 1] as number);
    if (x === lastX && y === lastY) continue;
    rounded.push(x, y);
    lastX = x;
    lastY = y;
  }
  while (rounded.length > 2 && rounded[0] === lastX && rounded[1] === lastY) {
    rounded.length -= 2;
    lastX = rounded.at(-2) as number;
    lastY = rounded.at(-1) as number;
  }
  return rounded;
}

function twiceGround(ring: readonly number[]): number {
  let twice = 0;
  let x0 = ring.at(-2) as number;
  let y0 = ring.at(-1) as number;
  for (let at = 0; at < ring.length; at += 2) {
    const x = ring[at] as number;
    const y = ring[at + 1] as number;
    twice += x0 * y - x * y0;
    x0 = x;
    y0 = y;
  }
  return twice;
}

/** Draws a square. */
export function drawSquare(x: number, y: number, size: number, drawing: Drawing): void {
  drawRing([x, y, x + size, y, x + size, y + size, x, y + size], 1, drawing);
}

/** Draws a point. */
export function drawPoint(x: number, y: number, drawing: Drawing): void {
  moveTo(x, y, drawing);
}

function moveTo(x: number, y: number, drawing: Drawing): void {
  drawing.commands.push((1 << 3) | MOVE_TO);
  go(x, y, drawing);
}

function go(x: number, y: number, drawing: Drawing): void {
  const dx = x - drawing.x;
  const dy = y - drawing.y;
  drawing.commands.push((dx << 1) ^ (dx >> 31), (dy << 1) ^ (dy >> 31));
  drawing.x = x;
  drawing.y = y;
}
