import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { FileFault } from "./file-fault.ts";
import { type AreaFileLimits, foundFault } from "./file-reading.ts";
import { areaFileReader } from "./read-area-file.ts";
import type { OpenFile } from "./read-range.ts";
import { box, polygon } from "./testing/areas.ts";
import { zipOf } from "./testing/zip.ts";

const LIMITS: AreaFileLimits = {
  bytes: 67_108_864,
  entries: 20,
  inflatedBytes: 134_217_728,
  inflationRatio: 1_032,
  vertices: 30_000,
  rings: 1_000,
  squareKilometres: 5_000,
  depth: 10,
  memoryMebibytes: 128,
  milliseconds: 60_000,
};

const reader = areaFileReader(LIMITS);
afterAll(() => reader.stop());
const { signal } = new AbortController();

const fileOf = (content: string | Uint8Array): OpenFile => {
  const bytes = Buffer.from(content as string);
  return {
    sizeBytes: bytes.length,
    read: async (position, length) => bytes.subarray(position, position + length),
  };
};
const rulesOf = async (content: string | Uint8Array, files = reader) =>
  (await files.read(fileOf(content), "somebody", signal)).faults.map(({ rule }) => rule);

const kml = (coordinates: string) =>
  `<kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>${coordinates}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`;

const nodes = () => {
  const each = Array.from({ length: 1_000_000 }, (_, id) => `<node id="${id}" lat="0" lon="0"/>`);
  return `<osm>${each.join("")}</osm>`;
};

/** A polygon of as many positions as are asked for, in 15 members of which each is small. */
const gzipped = () => {
  const positions = gzipSync("[0,0],".repeat(2_000_000));
  return Buffer.concat([gzipSync('{"type":"Polygon","coordinates":[['), ...Array(15).fill(positions)]);
};

const HOSTILE: [string, () => string | Uint8Array, string][] = [
  ["KML of 10 million positions", () => kml("0,0 ".repeat(10_000_000)), "too-many-vertices"],
  [
    "KMZ of 15 million positions",
    () => zipOf({ name: "doc.kml", content: kml("0,0 ".repeat(15_000_000)) }),
    "too-many-vertices",
  ],
  [
    "GPX of a million points",
    () => `<gpx><trk><trkseg>${'<trkpt lat="0" lon="0"/>'.repeat(1e6)}</trkseg></trk></gpx>`,
    "too-many-vertices",
  ],
  [
    "JSON of 5 million positions",
    () => `{"type":"Polygon","coordinates":[[${"[0,0],".repeat(5e6)}[0,0]]]}`,
    "memory-exhausted",
  ],
  ["JSON of 10 million objects", () => `[${"{},".repeat(1e7)}{}]`, "memory-exhausted"],
  ["OSM XML of a million nodes", nodes, "memory-exhausted"],
  ["a gzip bomb of 180 MB of JSON", gzipped, "archive-inflates-too-far"],
  ["KML of 15 million positions in gzip", () => gzipSync(kml("0,0 ".repeat(15e6))), "too-many-vertices"],
  ["10 million records", () => "\u001e".repeat(1e7) + "7\u001e".repeat(1e7), "not-an-object"],
  ["10 million lines", () => "{}\n".repeat(1e7), "type-not-taken"],
];

test.each(HOSTILE)("%s has a fault, and the next file is read", async (_, content, rule) => {
  const found = await rulesOf(content());
  // What is counted may meet the limit of memory first, where garbage is collected late.
  expect(new Set(found).size).toBe(1);
  expect([rule, "memory-exhausted"]).toContain(found[0]);
  expect(await rulesOf(polygon(box(1, 1, 0.1)))).toEqual([]);
});

test("what takes longer than it is given has that as its fault", async () => {
  const hasty = areaFileReader({ ...LIMITS, milliseconds: 100 });
  // A file whose bytes never come takes for ever on any machine.
  const stuck: OpenFile = { sizeBytes: 10, read: () => new Promise(() => {}) };
  expect((await hasty.read(stuck, "somebody", signal)).faults).toEqual([
    foundFault(new FileFault("time-exhausted", "", "more than 0.1 s")),
  ]);
  hasty.stop();
});

test("a caller that leaves ends the reading, and others continue", async () => {
  const leaving = new AbortController();
  const asked = Promise.withResolvers<void>();
  const stuck: OpenFile = {
    sizeBytes: 10,
    read: () => {
      asked.resolve();
      return new Promise(() => {});
    },
  };
  const left = reader.read(stuck, "somebody", leaving.signal);
  await asked.promise;
  leaving.abort("gone");
  await expect(left).rejects.toBe("gone");
  expect(await rulesOf(polygon(box(1, 1, 0.1)))).toEqual([]);
});

test("an area that no project can have has that as its fault, with both numbers", async () => {
  const { faults, survey } = await reader.read(fileOf(polygon(box(0, 0, 10))), "somebody", signal);
  expect(survey).toBeUndefined();
  expect(faults).toMatchObject([{ rule: "area-too-large", path: "" }]);
  expect(faults[0]?.description).toMatch(/It has 12\d{5} km², and 5000 km² are taken\./);
});
