import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { JUDGED, judgedTile } from "./testing/judged-tile.ts";

// What GDAL 3.6.2 read of the tile. To make both again, in services/task/src/tiles/testing:
//   node -e 'import("./judged-tile.ts").then(({ judgedTile }) => process.stdout.write(judgedTile()))' > judged-tile.mvt
//   for layer in tasks cells; do ogr2ogr -f GeoJSON -lco RFC7946=NO -lco COORDINATE_PRECISION=3 /vsistdout/ -oo CLIP=NO \
//     -oo Z=12 -oo X=2161 -oo Y=1931 MVT:judged-tile.mvt $layer > $layer.gdal-3.6.2.geojson; done
const file = (name: string) => readFileSync(new URL(`testing/${name}`, import.meta.url));
interface Read {
  features: {
    properties: Record<string, unknown>;
    geometry: { type: string; coordinates: [number, number][][][] };
  }[];
}
const readByGdal = (layer: string): Read => JSON.parse(file(`${layer}.gdal-3.6.2.geojson`).toString());

/** Half the width of the world, and the width of a square of the tile's zoom, in metres of web mercator. */
const HALF = 20_037_508.342789244;
const SIZE = (2 * HALF) / 2 ** JUDGED.zoom;
const [WEST, NORTH] = [JUDGED.x * SIZE - HALF, HALF - JUDGED.y * SIZE];
/** Parts of the tile to five digits; no -0. */
const rounded = (parts: number) => Math.round(parts * 1e5) / 1e5 + 0;

/** The box of a ring, in parts of the tile: west, north, east, south. */
function boxOf(ring: readonly [number, number][]): number[] {
  const parts = ring.map(([x, y]) => [(x - WEST) / SIZE, (NORTH - y) / SIZE] as const);
  const [xs, ys] = [parts.map(([x]) => x), parts.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)].map(rounded);
}

test("the tile that GDAL has read is the one that is drawn", () => {
  expect(judgedTile().equals(file("judged-tile.mvt"))).toBe(true);
});

test("GDAL reads each task with its attributes, where it is", () => {
  const { features } = readByGdal("tasks");
  const usual = { priority: 0, revision: 1 };
  expect(features.map(({ properties }) => properties)).toEqual([
    {
      ...{ mvt_id: 1, task_id: 1, state: "TASK_STATE_READY", priority: 0, revision: 4 },
      lock_purpose: "LOCK_PURPOSE_MAPPING",
      lock_expire_time: Date.UTC(2040, 0, 1) / 1_000,
    },
    {
      ...{ mvt_id: 2, task_id: 2, state: "TASK_STATE_MAPPED", priority: 70, revision: 1 },
      parent_task_id: 9,
      outside_area: true,
    },
    { ...usual, mvt_id: 3, task_id: 3, state: "TASK_STATE_VALIDATED", assigned: true },
    { ...usual, mvt_id: 4, task_id: 4, state: "TASK_STATE_BAD_IMAGERY" },
    { ...usual, mvt_id: 5, task_id: 5, state: "TASK_STATE_INVALIDATED" },
  ]);
  const buffer = 64 / 4_096;
  expect(features.map(({ geometry }) => geometry.coordinates.map((polygon) => polygon.map(boxOf)))).toEqual([
    [[[0, 0, 0.25, 0.25]]],
    [
      [
        [0.25, 0.25, 0.5, 0.5],
        [0.3125, 0.3125, 0.375, 0.375],
      ],
    ],
    [[[0.5, 0.5, 1, 1]]],
    [[[1, 0, rounded(1 + buffer), 1]]],
    [[[0.625, 0.75, 0.75, 0.875]], [[0.75, 0.875, 0.875, 1]]],
  ]);
});

test("GDAL reads the square of the tasks that are too small, with their number", () => {
  const { features } = readByGdal("cells");
  expect(features.map(({ properties }) => properties)).toEqual([
    { task_count: 3, state: "TASK_STATE_MAPPED", mapped: 3 },
  ]);
  const [ring = []] = features.map(
    ({ geometry }) => geometry.coordinates[0] as unknown as [number, number][],
  );
  // Cells of seven zooms further in.
  expect(boxOf(ring)).toEqual([50 / 128, 125 / 128, 51 / 128, 126 / 128].map(rounded));
});
