import { EXTENT } from "@tessera/geometry/tiles/frame.ts";
import type { Bounds } from "./bounds.ts";
import { lattice } from "./lattice.ts";
import { pattern } from "./patterns.ts";
import { taskPaths } from "./task-paths.ts";
import { type ReadTile, type Shape, shapesOf } from "./task-shapes.ts";
import type { View } from "./view.ts";

/** Tasks as a picture without its frame. */
export interface DrawnTasks {
  /** What stands in the svg element. */
  svg: string;
  view: View;
  /** How many tasks are held for mapping and for validation; undefined where squares stand for some of them. */
  held: { mapping: number; validation: number } | undefined;
}

/** The longer side of a picture: its unit is about a pixel, and a picture of many tasks has shorter numbers. */
const LONG_SIDE_MAX = 2_048;
const LONG_SIDE_MAX_MANY = 1_024;
const MANY = 2_500;
/** Patterns are drawn as if pictures were this wide. */
const USUAL_SIDE = 800;
/** Patterns are larger in a picture of few tasks, so that they are seen on a phone as well. */
const FEW = 400;
const LARGER = 1.6;
/** If more tasks are held, their patterns alone say so. */
const HELD_LINES_MAX = 500;

/** Draws the tasks of some tiles. The names of its patterns begin with `name`: several pictures stand on one page. */
export function drawTasks(
  tiles: readonly ReadTile[],
  { west, north, east, south }: Bounds,
  name: string,
): DrawnTasks {
  const world = EXTENT * 2 ** (tiles[0]?.place.zoom ?? 0);
  const longSide = Math.max(east - west, south - north) * world;
  const unitFor = (most: number) => 2 ** Math.max(0, Math.ceil(Math.log2(longSide / most)));
  let unit = unitFor(LONG_SIDE_MAX);
  let shapes = shapesOf(tiles, unit);
  if (shapes.length > MANY) {
    unit = unitFor(LONG_SIDE_MAX_MANY);
    shapes = shapesOf(tiles, unit);
  }
  const [left, top] = [Math.floor((west * world) / unit), Math.floor((north * world) / unit)];
  const scale = world / unit;
  const [right, bottom] = [Math.ceil(east * scale), Math.ceil(south * scale)];
  const view: View = {
    bounds: { west: left / scale, north: top / scale, east: right / scale, south: bottom / scale },
    width: Math.max(1, right - left),
    height: Math.max(1, bottom - top),
    scale,
  };
  const moved = shapes.filter(({ isSliver }) => !isSliver).map((it) => shifted(it, left, top));
  return { svg: inner(moved, Math.max(1, longSide / unit), name), view, held: heldIn(shapes) };
}

function inner(shapes: readonly Shape[], side: number, name: string) {
  const { classes, borders } = taskPaths(shapes);
  const usual = side / USUAL_SIDE;
  const scale = shapes.length > FEW ? usual : usual * LARGER;
  const used = new Map(classes.map(({ state, lock }) => [`${name}-${state}-${lock}`, { state, lock }]));
  const patterns = [...used].map(([id, { state, lock }]) => pattern(id, state, lock, scale));
  const paths = classes.map(({ state, lock, data, rowHeight }) => {
    const ink = `url(#${name}-${state}-${lock})`;
    return rowHeight === 0
      ? `<path fill="${ink}" fill-rule="evenodd" d="${data}"/>`
      : `<path fill="none" stroke="${ink}" stroke-width="${rowHeight}" transform="translate(0 ${rowHeight / 2})" d="${data}"/>`;
  });
  const lines = `<path class="task-lines" stroke-width="${usual.toFixed(2)}" d="${borders}"/>`;
  const held = shapes.filter(({ lock }) => lock !== "free");
  // Small tasks show little of a pattern.
  const heldLines =
    held.length === 0 || held.length > HELD_LINES_MAX
      ? ""
      : `<path class="held-lines" stroke-width="${(2 * usual).toFixed(2)}" d="${lattice(held, true)}"/>`;
  return `<defs>${patterns.join("")}</defs><g shape-rendering="crispEdges">${paths.join("")}</g>${lines}${heldLines}`;
}

function shifted(shape: Shape, left: number, top: number): Shape {
  const by = (value: number, at: number) => value - (at % 2 === 0 ? left : top);
  return {
    ...shape,
    rings: shape.rings.map((ring) => ring.map(by)),
    lines: shape.lines.map(([x1, y1, x2, y2]) => [x1 - left, y1 - top, x2 - left, y2 - top]),
  };
}

function heldIn(shapes: readonly Shape[]): DrawnTasks["held"] {
  if (shapes.some(({ hidesHeld }) => hidesHeld)) return undefined;
  const tasks = (lock: Shape["lock"]) =>
    new Set(shapes.filter((it) => it.lock === lock).map(({ taskId }) => taskId)).size;
  return { mapping: tasks("mapping"), validation: tasks("validation") };
}
