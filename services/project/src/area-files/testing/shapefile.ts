type Ring = readonly (readonly number[])[];

const HEADER_BYTES = 100;

/**
 * Writes a .shp file of polygons, for tests: each is a list of rings, outer ones clockwise; null is a null shape. Types with
 * heights or measures (15 and 25) have these after the points: heights are 7, measures as they are given.
 */
export function shpOf(polygons: readonly (readonly Ring[] | null)[], type = 5, measure = 3): Buffer {
  const records = polygons.map((rings, index) => {
    const body = rings === null ? Buffer.alloc(4) : polygonOf(rings, type, measure);
    const head = Buffer.alloc(8);
    head.writeInt32BE(index + 1, 0);
    head.writeInt32BE(body.length / 2, 4);
    return Buffer.concat([head, body]);
  });
  return fileOf(type, records);
}

/** Writes the .shx file that belongs to a .shp file whose records stand one after another. */
export function shxOf(shp: Buffer): Buffer {
  const entries: Buffer[] = [];
  const end = 2 * shp.readInt32BE(24);
  for (let at = HEADER_BYTES; at < end; at += 8 + 2 * shp.readInt32BE(at + 4)) {
    entries.push(entryOf(at, 2 * shp.readInt32BE(at + 4)));
  }
  return indexOf(shp.readInt32LE(32), entries);
}

/** Writes a .shx file of entries: where each record begins, and how long its body is, in bytes. */
export function indexOf(type: number, entries: readonly Buffer[]): Buffer {
  return fileOf(type, entries);
}

/** An entry of an index. */
export function entryOf(position: number, bytes: number): Buffer {
  const entry = Buffer.alloc(8);
  entry.writeInt32BE(position / 2, 0);
  entry.writeInt32BE(bytes / 2, 4);
  return entry;
}

function polygonOf(rings: readonly Ring[], type: number, measure: number): Buffer {
  const points = rings.flat();
  const body = Buffer.alloc(44 + 4 * rings.length + 16 * points.length);
  body.writeInt32LE(type, 0);
  body.writeInt32LE(rings.length, 36);
  body.writeInt32LE(points.length, 40);
  let start = 0;
  for (const [i, ring] of rings.entries()) {
    body.writeInt32LE(start, 44 + 4 * i);
    start += ring.length;
  }
  for (const [i, [x = 0, y = 0]] of points.entries()) {
    body.writeDoubleLE(x, 44 + 4 * rings.length + 16 * i);
    body.writeDoubleLE(y, 44 + 4 * rings.length + 16 * i + 8);
  }
  const heights = type === 15 ? [valuesOf(7, points.length)] : [];
  const measures = type === 5 ? [] : [valuesOf(measure, points.length)];
  return Buffer.concat([body, ...heights, ...measures]);
}

/** The range of some values, and the values, all the same. */
function valuesOf(value: number, count: number): Buffer {
  const values = Buffer.alloc(8 * (2 + count));
  for (let at = 0; at < values.length; at += 8) values.writeDoubleLE(value, at);
  return values;
}

function fileOf(type: number, parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32BE(9994, 0);
  header.writeInt32BE((HEADER_BYTES + parts.reduce((sum, it) => sum + it.length, 0)) / 2, 24);
  header.writeInt32LE(1000, 28);
  header.writeInt32LE(type, 32);
  return Buffer.concat([header, ...parts]);
}
