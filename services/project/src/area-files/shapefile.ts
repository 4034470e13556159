import { readPolygon } from "@tessera/geometry/areas/area-reading.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { FileFault } from "./file-fault.ts";
import type { FileReading } from "./file-reading.ts";
import type { ToDegrees } from "./projection.ts";
import { type LooseRing, ringsToPolygons } from "./rings-to-polygons.ts";
import { recordsOf } from "./shapefile-records.ts";

/** The type, the box, the number of parts and the number of points. */
const POLYGON_HEADER_BYTES = 44;
const NULL_SHAPE = 0;
/** A polygon, one with measures, and one with heights. */
const POLYGON = 5;
const POLYGON_Z = 15;
const POLYGON_M = 25;

/** Measures below this stand for none. */
const NO_MEASURE = -1e38;

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
  if (toDegrees) reading.notes.add("reprojected");
  for (const { body, path } of recordsOf(shp, shx)) readRecord(reading, body, path, toDegrees);
}

/** The types of shapes, by their numbers. */
const TYPES: Record<number, string> = {
  0: "a null shape",
  1: "Point",
  3: "PolyLine",
  8: "MultiPoint",
  31: "MultiPatch",
};

function readRecord(
  reading: FileReading,
  record: Buffer,
  path: string,
  toDegrees: ToDegrees | undefined,
): void {
  const type = record.readInt32LE(0);
  if (type !== POLYGON && type !== POLYGON_Z && type !== POLYGON_M) {
    const rule = type === NULL_SHAPE ? "geometry-missing" : "type-not-taken";
    reading.report(new GeometryFault(rule, path, undefined, typeName(type)));
    return;
  }
  const rings = ringsOf(reading, record, path, toDegrees);
  noteDropped(reading, record, type);
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

/** Notes heights and measures, which stand after the points, each after its range. */
function noteDropped(reading: FileReading, record: Buffer, type: number): void {
  const points = record.readInt32LE(40);
  const bytes = 16 + 8 * points;
  let at = POLYGON_HEADER_BYTES + 4 * record.readInt32LE(36) + 16 * points;
  if (type === POLYGON_Z && at + bytes <= record.length) {
    reading.onHeight?.();
    at += bytes;
  }
  if (type === POLYGON || at + bytes > record.length) return;
  for (let measure = at + 16; measure < at + bytes; measure += 8) {
    if (record.readDoubleLE(measure) > NO_MEASURE) {
      reading.notes.add("measures-dropped");
      return;
    }
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
