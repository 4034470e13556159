import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault, rangeFault } from "./geometry-fault.ts";
import { jsonKind } from "./json-kind.ts";
import { ringDirection } from "./orientation.ts";

/** How far rounding carries a coordinate over the edge of the world, in degrees: a tenth of a millimetre. */
const ROUNDING_DEGREES = 1e-9;

/** An area that is being read, polygon by polygon. */
export interface AreaReading {
  area: MultiPolygon;
  /** What to do about a fault: throw it, or note it, after which the polygon that has it is left out. */
  report: (fault: GeometryFault) => void;
  /** Where each ring of the area stood in the document; kept by callers that report it. */
  sources?: RingSource[];
  /** Called before a ring is read, with the number of its positions; throws where that is too many. */
  beforeRing?: (positions: number) => void;
  /** Called for each position that has a height, which is dropped. */
  onHeight?: () => void;
}

/** Where a ring stood in a document. */
export interface RingSource {
  /** A pointer to the ring; its positions are numbered below it. */
  path: string;
  /** Whether the ring ran the other way there. */
  reversed: boolean;
}

/**
 * Reads the rings of one polygon, outer ring first: those of a GeoJSON Polygon, or what was made alike. Outer rings are
 * turned counterclockwise and holes clockwise; nothing else is changed.
 */
export function readPolygon(
  reading: AreaReading,
  rings: unknown,
  path: string,
  pathOfRing: (ring: number) => string = (ring) => `${path}/${ring}`,
): void {
  const { area, sources } = reading;
  const before = [area.coordinates.length, area.ringLengths.length] as const;
  try {
    const list = arrayAt(rings, path);
    if (list.length === 0) throw new GeometryFault("polygon-empty", path);
    for (let i = 0; i < list.length; i++)
      readRing(reading, arrayAt(list[i], pathOfRing(i)), i, pathOfRing(i));
    area.polygonLengths.push(list.length);
  } catch (error) {
    [area.coordinates.length, area.ringLengths.length] = before;
    if (sources) sources.length = area.ringLengths.length;
    if (!(error instanceof GeometryFault)) throw error;
    reading.report(error);
  }
}

function readRing(reading: AreaReading, ring: unknown[], index: number, path: string): void {
  const { area, sources, beforeRing, onHeight } = reading;
  const { coordinates } = area;
  const length = ring.length;
  beforeRing?.(length);
  if (length < 4) throw new GeometryFault("ring-too-short", path, undefined, `${length}`);
  const first = coordinates.length;
  for (let i = 0; i < length; i++) {
    const position = ring[i];
    if (!Array.isArray(position) || position.length < 2) {
      throw new GeometryFault("position-malformed", `${path}/${i}`);
    }
    const longitude = withinEdge(position[0], 180);
    const latitude = withinEdge(position[1], 90);
    if (
      typeof longitude !== "number" ||
      typeof latitude !== "number" ||
      (position.length > 2 && !position.every((each) => typeof each === "number"))
    ) {
      throw new GeometryFault("position-malformed", `${path}/${i}`);
    }
    const rule = rangeFault(longitude, latitude);
    if (rule !== undefined) {
      throw new GeometryFault(rule, `${path}/${i}`, undefined, `${longitude}, ${latitude}`);
    }
    if (position.length > 2) onHeight?.();
    coordinates.push(longitude, latitude);
  }
  const last = coordinates.length - 2;
  if (coordinates[first] !== coordinates[last] || coordinates[first + 1] !== coordinates[last + 1]) {
    const point = { longitude: coordinates[last] as number, latitude: coordinates[last + 1] as number };
    throw new GeometryFault("ring-not-closed", `${path}/${length - 1}`, point);
  }
  const direction = ringDirection(coordinates, first / 2, length);
  const reversed = index === 0 ? direction < 0 : direction > 0;
  if (reversed) reverse(coordinates, first, last);
  sources?.push({ path, reversed });
  area.ringLengths.push(length);
}

/** A coordinate that rounding carried over the edge is on the edge. */
function withinEdge(value: unknown, edge: number): unknown {
  if (typeof value !== "number" || !(Math.abs(value) > edge)) return value;
  return Math.abs(value) - edge <= ROUNDING_DEGREES ? Math.sign(value) * edge : value;
}

/** Turns the positions from index `from` to index `to` of `coordinates` around, in place. */
function reverse(coordinates: number[], from: number, to: number): void {
  for (let low = from, high = to; low < high; low += 2, high -= 2) {
    const longitude = coordinates[low] as number;
    const latitude = coordinates[low + 1] as number;
    coordinates[low] = coordinates[high] as number;
    coordinates[low + 1] = coordinates[high + 1] as number;
    coordinates[high] = longitude;
    coordinates[high + 1] = latitude;
  }
}

export function arrayAt(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value))
    throw new GeometryFault("coordinates-malformed", path, undefined, jsonKind(value));
  return value;
}
