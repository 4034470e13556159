import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { containsPoint } from "../areas/contains-point.ts";
import { areaToGeoJson } from "../areas/geo-json.ts";
import { insidePoint } from "../areas/inside-point.ts";
import { joinNeighbours } from "../areas/join-neighbours.ts";
import { areaSquareKilometres, boundingBoxOf, METRES_PER_DEGREE } from "../areas/measure.ts";
import { outlineOf } from "../areas/outline.ts";
import { cutIntoAbout } from "../grids/cut-into-about.ts";
import { cutIntoSquares } from "../grids/cut-into-squares.ts";
import type { Lines } from "../grids/cut-into-strips.ts";
import { cutIntoGrid, type GridTask } from "../grids/grid.ts";
import { beyondIn, groundOf, sharedIn } from "../grids/ground.ts";
import { columnLines, rowLines } from "../grids/tile.ts";
import { splitTask } from "../splitting/split-task.ts";
import { CannotSplit } from "../validity/cannot-split.ts";
import { compareOutside, compareTasks, randomTasks } from "./compare-tasks.ts";
import type { Frame, Random } from "./random-areas.ts";
import { equalAreaShapeOf, isValid, locate, overlay, type Shape, shapeOf, unionOf } from "./reference.ts";

/** A valid area to compare the two on, and another one near it. */
export interface Trial {
  random: Random;
  frame: Frame;
  area: MultiPolygon;
  shape: Shape;
  other: MultiPolygon;
}

/** Compares our answer with that of jsts: undefined if they agree. */
export type Comparison = (trial: Trial) => string | undefined;

/** Ground is the same if it differs by at most this part of the ground of the area's bounding box, */
const ROUNDING_SHARE = 1e-12;
/** and by a sliver for each piece, in square degrees. */
const SLIVER_SQUARE_DEGREES = 2e-14;
/** A measure on the sphere is the same up to this part: the reference has chords for curves. */
const CHORDS_SHARE = 1e-6;
const EARTH_RADIUS_KILOMETRES = 6371.0088;
/** How far a vertex is moved onto a line of the grid, in each direction. */
const MOVED_DEGREES = 5e-7;
const NO_LIMIT = 100_000;
/** The lines that cut an area, about, each way. */
const CUTS = 2;
const POINTS = 8;

export const COMPARISONS: Record<string, Comparison> = {
  "bounding box": ({ area, shape }) => {
    const envelope = shape.getEnvelopeInternal();
    const { west, south, east, north } = boundingBoxOf(area);
    const theirs = [envelope.getMinX(), envelope.getMinY(), envelope.getMaxX(), envelope.getMaxY()];
    return same([west, south, east, north].join(), theirs.join());
  },
  "ground on the plane": ({ area, shape }) => near(area, 1, groundOf(area).squareDegrees, shape.getArea()),
  "ground on the sphere": ({ area, frame }) => {
    const theirs = equalAreaShapeOf(area, frame.step / 10).getArea() * EARTH_RADIUS_KILOMETRES ** 2;
    const ours = areaSquareKilometres(area);
    return Math.abs(ours - theirs) <= CHORDS_SHARE * (frame.step * 10 * 111.2) ** 2
      ? undefined
      : `${ours}, jsts ${theirs}`;
  },
  "contained points": pointsContained,
  "point on the surface": ({ area, shape }) => {
    const { longitude, latitude } = insidePoint(area);
    return locate(shape, longitude, latitude) === 1 ? undefined : `${longitude} ${latitude} is not inside`;
  },
  intersection: ({ area, shape, other }) =>
    near(
      area,
      1,
      sharedIn(groundOf(area), groundOf(other), boundingBoxOf(area)),
      overlay("intersection", shape, shapeOf(other)).getArea(),
    ),
  difference: ({ area, shape, other }) =>
    near(
      area,
      1,
      beyondIn(groundOf(area), groundOf(other), boundingBoxOf(area)),
      overlay("difference", shape, shapeOf(other)).getArea(),
    ),
  union: ({ area, shape, other }) => {
    const [a, b] = [groundOf(area), groundOf(other)];
    const ours = a.squareDegrees + beyondIn(b, a, b.box);
    return near(area, 1, ours, overlay("union", shape, shapeOf(other)).getArea());
  },
  "tasks outside": ({ area, shape, random, frame }) =>
    compareOutside(area, shape, randomTasks(random, frame)),
  "tasks checked": ({ area, shape, random, frame }) => compareTasks(area, shape, randomTasks(random, frame)),
};

/** The slower ones: an area takes part in one of them. */
export const CUT_COMPARISONS: Record<string, Comparison> = {
  "cut along the grid": cutAlongGrid,
  "cut into squares or a number": ({ area, shape, random, frame }) => {
    const size = (0.7 + random()) * frame.step * 4 * METRES_PER_DEGREE;
    const count = 2 + Math.floor(7 * random());
    return random() < 0.7
      ? cover(area, shape, cutIntoSquares(area, size, NO_LIMIT))
      : cover(area, shape, cutIntoAbout(area, count, NO_LIMIT));
  },
  "split, no square": ({ area, shape }) => {
    const parts = partsOf({ area }, area);
    return parts && cover(area, shape, parts);
  },
  "split square": splitSquare,
};

/** Neighbours joined; of areas whose polygons are each valid. */
export function compareJoined(area: MultiPolygon, polygons: readonly Shape[]): string | undefined {
  const joined = joinNeighbours(area);
  const theirs = unionOf(polygons);
  const ours = shapeOf(joined);
  const overlaps = polygons.reduce((sum, it) => sum + it.getArea(), 0) - theirs.getArea();
  if (overlaps > tolerance(area, polygons.length))
    return same(isValid(ours), false, "validity of what overlaps");
  return (
    same(isValid(ours), true, "validity") ??
    near(area, polygons.length, overlay("symDifference", ours, theirs).getArea(), 0) ??
    same(ours.getNumGeometries(), theirs.getNumGeometries(), "polygons")
  );
}

function pointsContained({ area, shape, random }: Trial): string | undefined {
  const { west, south, east, north } = boundingBoxOf(area);
  const vertices = areaToGeoJson(area).coordinates.flat(2);
  for (let i = 0; i < POINTS; i++) {
    const anywhere = [west + random() * (east - west), south + random() * (north - south)] as const;
    const [vertex, next] = [vertices[i % vertices.length], vertices[(i + 1) % vertices.length]] as [
      number[],
      number[],
    ];
    const level = [anywhere[0], vertex[1] as number] as const;
    const between = [
      ((vertex[0] as number) + (next[0] as number)) / 2,
      ((vertex[1] as number) + (next[1] as number)) / 2,
    ] as const;
    for (const [x, y] of [anywhere, vertex as [number, number], level, between]) {
      const difference = same(containsPoint(area, x, y), locate(shape, x, y) >= 0, `${x} ${y}`);
      if (difference) return difference;
    }
  }
  return undefined;
}

function cutAlongGrid({ area, shape, frame }: Trial): string | undefined {
  const zoom = zoomFor(frame);
  const pieces = cutIntoGrid(area, zoom, "clipped", NO_LIMIT);
  const squares = cutIntoGrid(area, zoom, "whole", NO_LIMIT);
  const moved = groundMoved(area, zoom);
  for (const [i, { area: piece }] of pieces.entries()) {
    const [ours, square] = [shapeOf(piece), shapeOf((squares[i] as GridTask).area)];
    const between = overlay("symDifference", ours, overlay("intersection", shape, square)).getArea();
    const fault = same(isValid(ours), true, "validity of a piece") ?? near(area, 1, between, 0, moved);
    if (fault) return fault;
  }
  return near(area, pieces.length, sumOf(pieces), shape.getArea(), moved);
}

function splitSquare({ area, shape, frame, random }: Trial): string | undefined {
  const zoom = zoomFor(frame) - 1;
  const squares = cutIntoGrid(area, zoom, "whole", NO_LIMIT);
  const square = squares[Math.floor(random() * squares.length)];
  const parts = square && partsOf(square, area);
  if (!square || !parts) return undefined;
  const within = overlay("intersection", shape, shapeOf(square.area));
  return cover(area, within, parts, groundMoved(area, zoom + 1));
}

/** The zoom at which about `CUTS` columns lie over an area. */
function zoomFor({ step }: Frame): number {
  return Math.round(Math.log2((360 * CUTS) / (10 * step)));
}

/** The most ground that moves where vertices are taken to lie on lines of the grid, as `outlineOntoLines` says. */
function groundMoved(area: MultiPolygon, zoom: number): number {
  const isOn = ({ at, floor }: Lines, value: number) => {
    const line = floor(value);
    return Math.min(value - at(line), at(line + 1) - value) <= MOVED_DEGREES;
  };
  const [rows, columns] = [rowLines(zoom), columnLines(zoom)];
  const { x, y, next, count } = outlineOf(area);
  let ground = 0;
  for (let a = 0; a < count; a++) {
    const b = next[a] as number;
    const ends = [a, b].filter((v) => isOn(columns, x[v] as number) || isOn(rows, -(y[v] as number)));
    const length = Math.hypot((x[b] as number) - (x[a] as number), (y[b] as number) - (y[a] as number));
    ground += ends.length * length * MOVED_DEGREES;
  }
  return ground;
}

/** Whether pieces are valid, disjoint, and together a shape. */
function cover(area: MultiPolygon, shape: Shape, pieces: readonly GridTask[], moved = 0): string | undefined {
  const shapes = pieces.map((piece) => shapeOf(piece.area));
  if (!shapes.every(isValid)) return "a piece is not valid";
  if (shapes.length === 0) return near(area, 1, 0, shape.getArea(), moved);
  return (
    near(area, pieces.length, sumOf(pieces), shape.getArea(), moved) ??
    near(area, pieces.length, overlay("symDifference", unionOf(shapes), shape).getArea(), 0, moved)
  );
}

function partsOf(task: GridTask, within: MultiPolygon): GridTask[] | undefined {
  try {
    return splitTask(task, within);
  } catch (error) {
    if (error instanceof CannotSplit) return undefined;
    throw error;
  }
}

function sumOf(pieces: readonly GridTask[]): number {
  return pieces.reduce((sum, piece) => sum + shapeOf(piece.area).getArea(), 0);
}

function tolerance(area: MultiPolygon, pieces: number): number {
  const { west, south, east, north } = boundingBoxOf(area);
  return ROUNDING_SHARE * (east - west) * (north - south) + SLIVER_SQUARE_DEGREES * Math.max(pieces, 1);
}

function near(
  area: MultiPolygon,
  pieces: number,
  ours: number,
  theirs: number,
  moved = 0,
): string | undefined {
  const most = tolerance(area, pieces) + moved;
  return Math.abs(ours - theirs) <= most ? undefined : `${ours}, jsts ${theirs}`;
}

function same<Value>(ours: Value, theirs: Value, what = ""): string | undefined {
  return ours === theirs ? undefined : `${what} ${ours}, jsts ${theirs}`.trim();
}
