import { VectorTile, type VectorTileFeature } from "@mapbox/vector-tile";
import { BUFFER, EXTENT } from "@tessera/geometry/tiles/frame.ts";
import { PbfReader } from "pbf";
import type { PlacedTile } from "./tiles-around.ts";

/** A task, or a square that stands for several, as a picture draws it. */
export interface Shape {
  /** 0 for a square that stands for several tasks. */
  taskId: number;
  state: State;
  lock: Lock;
  /** x and y in turn, in units of the picture, not closed. */
  rings: number[][];
  /** Whether it stands for tasks of which some are held: which of them is not known. */
  hidesHeld: boolean;
  /** Whether it stands for one task that is too small to be drawn: the square would be larger. */
  isSliver: boolean;
  /** The lines around it, less those at which only the tile ends: x and y of both ends. */
  lines: [number, number, number, number][];
}

/** The states that maps show, as tiles and styles name them. */
export const STATES = ["ready", "mapped", "validated", "invalidated", "bad-imagery"] as const;
export type State = (typeof STATES)[number];
export const LOCKS = ["free", "mapping", "validation"] as const;
export type Lock = (typeof LOCKS)[number];

const STATE_NAMES = new Map<unknown, State>(
  STATES.map((it) => [`TASK_STATE_${it.toUpperCase().replace("-", "_")}`, it]),
);
const LOCK_NAMES = new Map<unknown, Lock>([
  ["LOCK_PURPOSE_MAPPING", "mapping"],
  ["LOCK_PURPOSE_VALIDATION", "validation"],
]);

/** A tile as it was read. */
export interface ReadTile {
  place: PlacedTile;
  bytes: Uint8Array;
}

/** Reads tasks from tiles. A unit of the picture is `unit` units of a tile; its origin is that of the world. */
export function shapesOf(tiles: readonly ReadTile[], unit: number): Shape[] {
  const whole = new Map<number, Shape>();
  const pieces: Shape[] = [];
  for (const { place, bytes } of tiles) {
    if (bytes.length === 0) continue;
    const { tasks, cells } = new VectorTile(new PbfReader(bytes)).layers;
    for (let at = 0; at < (tasks?.length ?? 0); at++) {
      const { shape, isCut } = shapeOf(tasks?.feature(at) as VectorTileFeature, place, unit);
      if (isCut) pieces.push(shape);
      else whole.set(shape.taskId, shape);
    }
    for (let at = 0; at < (cells?.length ?? 0); at++) {
      const feature = cells?.feature(at) as VectorTileFeature;
      const hidesHeld = feature.properties.locked !== undefined;
      // What lies beyond the edge of the tile is in the tile there.
      if (isWithin(feature))
        pieces.push({ ...shapeOf(feature, place, unit).shape, taskId: 0, lines: [], hidesHeld });
    }
  }
  return [...whole.values(), ...pieces.filter(({ taskId }) => !whole.has(taskId))];
}

function isWithin(feature: VectorTileFeature): boolean {
  const [west = 0, north = 0, east = 0, south = 0] = feature.bbox();
  const [x, y] = [(west + east) / 2, (north + south) / 2];
  return x >= 0 && x < EXTENT && y >= 0 && y < EXTENT;
}

function shapeOf(feature: VectorTileFeature, { column, y: row }: PlacedTile, unit: number) {
  const { properties } = feature;
  const rings: number[][] = [];
  const lines: Shape["lines"] = [];
  let isCut = false;
  const [left, top] = [column * EXTENT, row * EXTENT];
  for (const places of feature.loadGeometry()) {
    const ring: number[] = [];
    for (let at = 0; at + 1 < places.length; at++) {
      const [from, to] = [places[at] as Place, places[at + 1] as Place];
      const [x, y] = [Math.round((left + from.x) / unit), Math.round((top + from.y) / unit)];
      if (x !== ring.at(-2) || y !== ring.at(-1)) ring.push(x, y);
      if (isEdge(from.x, to.x) || isEdge(from.y, to.y)) isCut = true;
      else lines.push([x, y, Math.round((left + to.x) / unit), Math.round((top + to.y) / unit)]);
    }
    rings.push(ring);
  }
  const shape: Shape = {
    taskId: Number(properties.task_id ?? 0),
    state: STATE_NAMES.get(properties.state) ?? "ready",
    lock: LOCK_NAMES.get(properties.lock_purpose) ?? "free",
    hidesHeld: false,
    isSliver: properties.task_count === 1,
    rings,
    lines,
  };
  return { shape, isCut };
}

interface Place {
  x: number;
  y: number;
}

/** Whether a line is one along which the tile was cut out. */
function isEdge(from: number, to: number): boolean {
  return from === to && (from <= -BUFFER || from >= EXTENT + BUFFER);
}
