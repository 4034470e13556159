import { coarse } from "./coarse.ts";
import { lattice } from "./lattice.ts";
import { PathData } from "./path-data.ts";
import type { Lock, Shape, State } from "./task-shapes.ts";

/** What is drawn in one colour and pattern. */
export interface ClassPath {
  state: State;
  lock: Lock;
  /** The data of the path. */
  data: string;
  /** The width of its lines, if it is made of lines: rows of squares beside each other. 0 for areas. */
  rowHeight: number;
}

/** What a map of tasks is drawn with. */
export interface TaskPaths {
  classes: ClassPath[];
  /** The lines between tasks. */
  borders: string;
}

/** A picture of more characters is drawn with fewer details. */
export const CHARACTERS_MAX = 57_000;

/** Writes tasks as paths, one for each state and lock, so that ten thousand of them are a small picture. */
export function taskPaths(shapes: readonly Shape[]): TaskPaths {
  const whole = { classes: classPaths(shapes), borders: lattice(shapes, true) };
  if (lengthOf(whole) <= CHARACTERS_MAX) return whole;
  const plain = { ...whole, borders: lattice(shapes, false) };
  if (lengthOf(plain) <= CHARACTERS_MAX) return plain;
  return { classes: classPaths(coarse(shapes)), borders: "" };
}

function lengthOf({ classes, borders }: TaskPaths): number {
  return classes.reduce((sum, { data }) => sum + data.length, borders.length);
}

/** The paths in the order in which they are drawn. */
function classPaths(shapes: readonly Shape[]): ClassPath[] {
  const { squares = [], areas = [] } = Object.groupBy(shapes, (it) =>
    heightOf(it) > 0 ? "squares" : "areas",
  );
  const byHeight = Map.groupBy(squares, heightOf);
  return [
    ...[...byHeight].flatMap(([rowHeight, same]) => rowPaths(rowHeight, same)),
    ...classesOf(areas).map((same) => {
      const data = new PathData();
      for (const { rings } of same) for (const ring of rings) data.ring(ring);
      return pathOf(same, String(data), 0);
    }),
  ];
}

/** Squares of one height. Those of the class that most have are drawn below all others: in few long rows. */
function rowPaths(rowHeight: number, squares: readonly Shape[]): ClassPath[] {
  const [most = [], ...others] = classesOf(squares);
  const above = others.map((same) => pathOf(same, rowsOf(same), rowHeight));
  return [pathOf(most, rowsOf(squares), rowHeight), ...above];
}

/** Shapes by state and lock, the most first. */
function classesOf(shapes: readonly Shape[]): Shape[][] {
  const classes = Map.groupBy(shapes, ({ state, lock }) => `${state} ${lock}`);
  return [...classes.values()].sort((one, other) => other.length - one.length);
}

function pathOf(same: readonly Shape[], data: string, rowHeight: number): ClassPath {
  const { state, lock } = same[0] as Shape;
  return { state, lock, data, rowHeight };
}

/** The height of an upright rectangle; 0 for any other shape. */
function heightOf({ rings }: Shape): number {
  const [ring = []] = rings;
  if (rings.length !== 1 || ring.length !== 8) return 0;
  const [x1, y1, x2, y2, x3, y3, x4, y4] = ring as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const isUpright =
    (x1 === x2 && y2 === y3 && x3 === x4 && y4 === y1) || (y1 === y2 && x2 === x3 && y3 === y4 && x4 === x1);
  return isUpright ? Math.abs(y3 - y1) : 0;
}

/** Rectangles of one height as lines of that width: one for each row of those that touch. A line runs along its top. */
function rowsOf(shapes: readonly Shape[]): string {
  const boxes = shapes.map(({ rings: [ring = []] }) => {
    const [x1 = 0, y1 = 0, , , x3 = 0, y3 = 0] = ring;
    return { y: Math.min(y1, y3), from: Math.min(x1, x3), to: Math.max(x1, x3) };
  });
  boxes.sort((one, other) => one.y - other.y || one.from - other.from);
  const data = new PathData();
  let end: number | undefined;
  boxes.forEach(({ y, from, to }, at) => {
    if (end === undefined) data.move(from, y);
    end = to;
    const next = boxes[at + 1];
    if (next?.y === y && next.from <= to) return;
    data.line(end, y);
    end = undefined;
  });
  return String(data);
}
