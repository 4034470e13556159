import { closeSync, openSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vertexCount } from "@tessera/geometry/areas/measure.ts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CORPUS, UTM_FILE } from "./area-corpus.table.ts";
import { fileOf } from "./file-handle.ts";
import { type AreaFileLimits, FAULTS_MAX } from "./file-reading.ts";
import { type ReadFile, readFile } from "./read-file.ts";
import type { OpenFile } from "./read-range.ts";
import { ARCHIVES, SHAPEFILES } from "./shapefile-corpus.table.ts";
import { box, features, multi, polygon } from "./testing/areas.ts";
import { shpOf } from "./testing/shapefile.ts";
import { zipOf } from "./testing/zip.ts";

const LIMITS: AreaFileLimits = {
  bytes: 10_000_000,
  entries: 20,
  inflatedBytes: 10_000_000,
  inflationRatio: 200,
  vertices: 30_000,
  rings: 100,
  squareKilometres: 510_100_000,
  depth: 10,
  memoryMebibytes: 128,
  milliseconds: 20_000,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-corpus-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function opened<T>(content: string | Uint8Array, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const path = join(folder, "file");
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  try {
    return await use(fileOf(fd));
  } finally {
    closeSync(fd);
  }
}

const read = (content: string | Uint8Array) => opened(content, (file) => readFile(file, LIMITS));

const faultsOf = ({ faults }: ReadFile) =>
  faults.map(({ rule, path, point }) => [
    rule,
    path,
    ...(point ? [[Number(point.longitude.toFixed(9)), Number(point.latitude.toFixed(9))]] : []),
  ]);

describe("the format, the content and the faults of a file are reported", () => {
  test.each([...CORPUS, ...SHAPEFILES, ...ARCHIVES].map((it) => [it.what, it] as const))(
    "%s",
    async (_, it) => {
      const found = await read(it.file());
      const { area, notes } = found.reading;
      expect(faultsOf(found)).toEqual(it.faults ?? []);
      expect(found.format).toBe(it.format);
      if (it.sound === undefined) return;
      expect([area.polygonLengths.length, area.ringLengths.length, vertexCount(area)]).toEqual(it.sound);
      expect([...notes].sort()).toEqual(it.notes ?? []);
    },
  );
});

test("a shapefile in UTM lies where its .prj says", async () => {
  const { faults, reading } = await read(UTM_FILE());
  expect(faults).toEqual([]);
  expect([...reading.notes]).toContain("reprojected");
  // The central meridian of zone 32, 5,000 km from the equator by a scale of 0.9996.
  const [longitude = 0, latitude = 0] = reading.area.coordinates;
  expect(longitude).toBeCloseTo(9, 9);
  expect(latitude).toBeCloseTo(45.153_491, 3);
});

test.each([
  ["12", "bzip2 (method 12)"],
  ["14", "LZMA (method 14)"],
  ["77", "method 77"],
])("the sentence says which method of compression is not taken: %s", async (method, found) => {
  const content = polygon(box(0, 0, 1));
  const { faults } = await read(zipOf({ name: "a.geojson", content, method: Number(method) }));
  expect(faults[0]?.description).toBe(
    `A file in the archive is compressed by a method that is not taken. Compress it by Deflate, or not at all. Found: ${found}.`,
  );
});

test.each([
  ["\x89PNG\r\n", "a PNG picture"],
  ["POLYGON ((0 0, 1 1, 1 0, 0 0))", "well-known text (WKT)"],
  ["name;lat;lon\r\nA;1;2", 'a text that begins with "name;lat;lon A;1;2"'],
  ["PK is how this text begins", 'a text that begins with "PK is how this text "'],
  ["\x01\x02\x03\x04\x05", "bytes that begin with 01020304"],
  ["<html/>", "XML whose root is html"],
])("the format of an unsupported file is reported: %j", async (content, found) => {
  const { faults } = await read(Buffer.from(content, "latin1"));
  expect(faults).toMatchObject([{ rule: "format-unknown" }]);
  expect(faults[0]?.description).toContain(`Found: ${found}.`);
});

test.each([
  [zipOf(), "Found: no file."],
  [zipOf({ name: "x/a.zip", content: "" }, { name: "b.txt", content: "" }), "Found: a.zip, b.txt."],
  [zipOf({ name: "a.shp", content: "" }, { name: "b.shp", content: "" }), "Found: a.shp, b.shp."],
  [shpOf([null]), "Found: a null shape."],
  ["[1]", "Found: an array."],
  ['{"type":"FeatureCollection","features":{}}', "Found: an object."],
  [
    polygon([
      [0, 0],
      [1, 1],
      [0, 0],
    ]),
    "Found: 3.",
  ],
  [multi([box(0, 0, 2)], [box(1, 1, 2)]), "Those that share an edge are joined; those that overlap are not."],
  [multi(...Array.from({ length: 101 }, (_, i) => [box(i, 0, 0.5)])), "Found: more than 100."],
  ["<kml><Polygon><outerBoundaryIs/></Polygon></kml>", "A polygon must have at least one ring."],
  [
    `<kml><Polygon>${"<coordinates>0,0</coordinates>".repeat(2)}</Polygon></kml>`,
    "one outer boundary. Write a polygon for each. Found: 2.",
  ],
  ['<osm><way id="7"><nd ref="9"/></way></osm>', "Found: no node 9."],
  [
    '<gpx><wpt lat="1" lon="1"/></gpx>',
    "Only polygons are taken, and collections of polygons. Found: wpt, a waypoint.",
  ],
])("what was found instead is reported", async (content, found) => {
  expect((await read(content)).faults[0]?.description).toContain(found);
});

test("at most twenty faults are reported, of one polygon or of many", async () => {
  const points = Array.from({ length: 30 }, () => ({ type: "Point", coordinates: [0, 0] }));
  expect((await read(features(...points))).faults).toHaveLength(FAULTS_MAX);
  const scribble = Array.from({ length: 60 }, (_, i) => [i % 2, i / 100 + (i % 3) / 40]);
  const { faults } = await read(polygon([...scribble, scribble[0]]));
  expect(faults).toHaveLength(FAULTS_MAX);
  expect(new Set(faults.map(({ point }) => `${point?.longitude} ${point?.latitude}`)).size).toBe(FAULTS_MAX);
});

describe("whatever a file has, it is read or its faults are reported", () => {
  const files = [...CORPUS, ...SHAPEFILES, ...ARCHIVES]
    .map((it) => Buffer.from(it.file() as string))
    .filter((it) => it.length > 0 && it.length < 5_000);
  /** A file of the corpus with some of its bytes changed, left out or repeated. */
  const damaged = fc
    .tuple(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 8 })), { maxLength: 6 }),
    )
    .map(([file, changes]) => {
      let bytes: Uint8Array = file;
      for (const [at, length, put] of changes) {
        const from = at % (bytes.length + 1);
        bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
      }
      return bytes;
    });

  test("a damaged one", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const { faults, reading } = await read(bytes);
        expect(faults.length > 0 || reading.area.polygonLengths.length > 0).toBe(true);
        expect(faults.length).toBeLessThanOrEqual(FAULTS_MAX);
      }),
      { numRuns: 600 },
    );
  });

  test("bytes, and JSON of any shape", async () => {
    const json = fc.json({ maxDepth: 4 });
    const geometry = fc.record({
      type: fc.constantFrom("Polygon", "MultiPolygon", "Feature", "FeatureCollection", "GeometryCollection"),
      coordinates: fc.jsonValue(),
      features: fc.jsonValue(),
      geometry: fc.jsonValue(),
    });
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      json,
      geometry.map((it) => JSON.stringify(it)),
    );
    await fc.assert(
      fc.asyncProperty(any, async (content) => {
        const { faults, reading } = await read(content);
        expect(faults.length > 0 || reading.area.polygonLengths.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
