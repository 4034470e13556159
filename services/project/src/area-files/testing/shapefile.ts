type Ring = readonly (readonly number[])[];

/** Writes a .shp file of polygons, for tests: each is a list of rings, outer ones clockwise. */
export function shpOf(polygons: readonly (readonly Ring[])[], type = 5): Buffer {
  const records = polygons.map((rings, index) => {
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
    const head = Buffer.alloc(8);
    head.writeInt32BE(index + 1, 0);
    head.writeInt32BE(body.length / 2, 4);
    return Buffer.concat([head, body]);
  });
  const header = Buffer.alloc(100);
  header.writeInt32BE(9994, 0);
  header.writeInt32BE((100 + records.reduce((sum, it) => sum + it.length, 0)) / 2, 24);
  header.writeInt32LE(1000, 28);
  header.writeInt32LE(type, 32);
  return Buffer.concat([header, ...records]);
}
