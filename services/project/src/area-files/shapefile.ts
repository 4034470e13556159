import { readPolygon } from "@tessera/geometry/areas/area-reading.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { FileFault } from "./file-fault.ts";
import type { FileReading } from "./file-reading.ts";
import type { ToDegrees } from "./projection.ts";
import { type LooseRing, ringsToPolygons } from "./rings-to-polygons.ts";

/** How a shapefile begins: its code, big-endian. */
export const SHAPEFILE_CODE = 9994;
const HEADER_BYTES = 100;
const RECORD_HEADER_BYTES = 8;
/** The type, the box, the number of parts and the number of points. */
const POLYGON_HEADER_BYTES = 44;
const NULL_SHAPE = 0;
/** A polygon, one with measures, and one with heights. */
const POLYGON = 5;
const POLYGON_Z = 15;
const POLYGON_M = 25;

/**
 * Reads the polygons of a .shp file, as ESRI describes it. Its outer rings run clockwise and its holes the other way, in
 * any order, and which hole is in which ring is for the reader to find out.
 */
export function readShapefile(
  reading: FileReading,
  shp: Buffer,
  toDegrees: ToDegrees | undefined,
  shx?: Buffer,
): void {
  if (shp.length < HEADER_BYTES || shp.readInt32BE(0) !== SHAPEFILE_CODE) {
    throw new FileFault("shapefile-malformed", "/shp");
  }
  if (toDegrees) reading.notes.add("reprojected");
  const end = 2 * shp.readInt32BE(24);
  if (end > shp.length || end < HEADER_BYTES) throw new FileFault("shapefile-malformed", "/shp");
  const records = shx && recordsOf(shx);
  for (let [at, record] = [HEADER_BYTES, 0]; at < end && record !== records; record++) {
    // Some writers pad the file with zeros.
    if (isZero(shp, at, end)) return;
    const path = `/shp/record/${record}`;
    if (at + RECORD_HEADER_BYTES + 4 > end) throw new FileFault("shapefile-malformed", path);
    const bytes = 2 * shp.readInt32BE(at + 4);
    const start = at + RECORD_HEADER_BYTES;
    if (bytes < 4 || start + bytes > end) throw new FileFault("shapefile-malformed", path);
    readRecord(reading, shp.subarray(start, start + bytes), path, toDegrees);
    at = start + bytes;
  }
}

/** How many records the index of a shapefile lists; undefined if it is none. */
function recordsOf(shx: Buffer): number | undefined {
  if (shx.length < HEADER_BYTES || shx.readInt32BE(0) !== SHAPEFILE_CODE) return undefined;
  const records = (2 * shx.readInt32BE(24) - HEADER_BYTES) / RECORD_HEADER_BYTES;
  return Number.isInteger(records) && records > 0 ? records : undefined;
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** The types of shapes, by their numbers. */
const TYPES: Record<number, string> = { 1: "Point", 3: "PolyLine", 8: "MultiPoint", 31: "MultiPatch" };

function readRecord(
  reading: FileReading,
  record: Buffer,
  path: string,
  toDegrees: ToDegrees | undefined,
): void {
  const type = record.readInt32LE(0);
  if (type !== POLYGON && type !== POLYGON_Z && type !== POLYGON_M) {
    const rule = type === NULL_SHAPE ? "geometry-missing" : "type-not-taken";
    reading.report(
      new GeometryFault(rule, path, undefined, type === NULL_SHAPE ? undefined : typeName(type)),
    );
    return;
  }
  const rings = ringsOf(reading, record, path, toDegrees);
  if (type === POLYGON_Z) reading.onHeight?.();
  const clockwise = rings.filter(({ positions }) => twiceArea(positions) <= 0);
  // Where all run the wrong way none is a hole: it would have nothing to be a hole in.
  const outers = clockwise.length === 0 ? rings : clockwise;
  const holes = clockwise.length === 0 ? [] : rings.filter((it) => !clockwise.includes(it));
  if (outers.length === 0) reading.report(new GeometryFault("polygon-empty", path));
  for (const polygon of ringsToPolygons(outers, holes)) {
    readPolygon(
      reading,
      polygon.map((it) => it.positions),
      path,
      (ring) => polygon[ring]?.path ?? path,
    );
  }
}

/** Points, lines and their like have types of their own with heights (10 more) and with measures (20 more). */
function typeName(type: number): string {
  const known = type < 30 ? TYPES[type % 10] : TYPES[type];
  return known === undefined
    ? `shape type ${type}`
    : known + (type < 10 || type > 30 ? "" : type < 20 ? "Z" : "M");
}

function ringsOf(
  reading: FileReading,
  record: Buffer,
  path: string,
  toDegrees: ToDegrees | undefined,
): LooseRing[] {
  const malformed = () => new FileFault("shapefile-malformed", path);
  if (record.length < POLYGON_HEADER_BYTES) throw malformed();
  const parts = record.readInt32LE(36);
  const points = record.readInt32LE(40);
  const first = POLYGON_HEADER_BYTES + 4 * parts;
  if (parts < 0 || points < 0 || first + 16 * points > record.length) throw malformed();
  reading.countPositions(points);
  const starts = Array.from({ length: parts }, (_, i) => record.readInt32LE(POLYGON_HEADER_BYTES + 4 * i));
  return starts.map((start, part) => {
    const stop = starts[part + 1] ?? points;
    if (start < 0 || stop < start || stop > points) throw malformed();
    const positions: number[][] = [];
    for (let at = first + 16 * start; at < first + 16 * stop; at += 16) {
      const x = record.readDoubleLE(at);
      const y = record.readDoubleLE(at + 8);
      positions.push(toDegrees && Number.isFinite(x) && Number.isFinite(y) ? toDegrees(x, y) : [x, y]);
    }
    return { positions, path: `${path}/rings/${part}` };
  });
}

function twiceArea(positions: readonly number[][]): number {
  const [x0 = 0, y0 = 0] = positions[0] ?? [];
  let twice = 0;
  for (let i = 1; i < positions.length; i++) {
    const [ax, ay] = positions[i - 1] as [number, number];
    const [bx, by] = positions[i] as [number, number];
    twice += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
  }
  return twice;
}
