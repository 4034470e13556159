import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { create, toBinary } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { boundingBoxAround } from "@tessera/geometry/areas/bounding-box.ts";
import { migrate } from "@tessera/postgres/migrate.ts";
import { testDatabase } from "@tessera/testing/database.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MIGRATIONS } from "../migrations.ts";
import { writeProjects } from "../testing/projects.ts";
import { type TestSystem, testSystem } from "../testing/system.ts";

type Box = { west: number; south: number; east: number; north: number };
let system: TestSystem;

/** Boxes at all longitudes, small and large, one half of which cross 180°. */
const longitude = fc.integer({ min: -36, max: 36 }).map((it) => it * 5);
const boxes: Box[] = fc.sample(
  fc.record({ west: longitude, south: fc.constant(-18), east: longitude, north: fc.constant(-16) }),
  { numRuns: 60, seed: 7 },
);

beforeAll(async () => {
  system = await testSystem();
  await writeProjects(
    system.database,
    boxes.map((box, at) => ({ ...box, project_id: at + 1 })),
  );
});
afterAll(() => system.stop());

const areaOf = (...corners: [west: number, south: number, degrees: number][]) =>
  create(MultiPolygonSchema, {
    coordinates: corners.flatMap(([w, s, d]) => [w, s, w + d, s, w + d, s + d, w, s + d, w, s]),
    ringLengths: corners.map(() => 5),
    polygonLengths: corners.map(() => 1),
  });

const found = async (boundingBox: Box) => {
  const { projects } = await system.client.listProjects({ boundingBox, pageSize: 100 });
  return projects.map(({ projectId }) => projectId).sort((a, b) => a - b);
};

/** Whether two boxes meet, by all degrees of longitude that a box has. */
const meets = (one: Box, other: Box) => {
  const degreesOf = ({ west, east }: Box) => {
    const last = west <= east ? east : east + 360;
    // 180 and -180 are two ends here, as in the rows of the database.
    return new Set(
      Array.from({ length: (last - west) / 5 + 1 }, (_, at) => west + 5 * at).flatMap((it) =>
        it === 180 && last > 180 ? [180, -180] : it > 180 ? [it - 360] : [it],
      ),
    );
  };
  const degrees = degreesOf(one);
  return [...degreesOf(other)].some((it) => degrees.has(it));
};

test("a box finds the projects whose boxes meet it, on whatever side of 180° either begins", async () => {
  const box = fc.record({
    west: longitude,
    south: fc.constant(-17),
    east: longitude,
    north: fc.constant(-10),
  });
  await fc.assert(
    fc.asyncProperty(box, async (asked) => {
      const expected = boxes.flatMap((it, at) => (meets(it, asked) ? [at + 1] : []));
      expect(await found(asked)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
  expect(await found({ west: 170, south: 0, east: -170, north: 10 })).toEqual([]);
});

test("an area on both sides of 180° is found there and nowhere else", async () => {
  const area = areaOf([179.7, -17, 0.3], [-180, -17, 0.2]);
  const projectId = await system.project(ProjectStatus.PUBLISHED, { area });
  const { project } = await system.client.getProject({ projectId });
  expect(project?.boundingBox).toMatchObject({ west: 179.7, east: -179.8 });
  const isFound = async (west: number, east: number) =>
    (await found({ west, south: -17.5, east, north: -16.9 })).includes(projectId);
  expect(await isFound(20, 30)).toBe(false);
  expect(await isFound(-60, 60)).toBe(false);
  expect(await isFound(179, -179)).toBe(true);
  expect(await isFound(179.75, 179.9)).toBe(true);
  expect(await isFound(-179.9, -179)).toBe(true);
});

test("boxes that were stored before get the right ends", async () => {
  const database = await testDatabase();
  const { sql } = database;
  const folder = mkdtempSync(join(tmpdir(), "tessera-boxes-"));
  for (const name of readdirSync(MIGRATIONS).filter((it) => it < "0009")) {
    copyFileSync(new URL(name, MIGRATIONS), join(folder, name));
  }
  await migrate(sql, pathToFileURL(`${folder}/`));
  rmSync(folder, { recursive: true });
  const areas = [
    areaOf([179.7, -17, 0.3], [-180, -17, 0.2]),
    areaOf([-100, 1, 3], [100.123456789, 2, 0.1], [-99, 6, 1]),
    areaOf([-90, 0, 0.5], [95, 0, 1 / 3], [0, 0, 7]),
  ];
  await writeProjects(
    database,
    areas.map((_, at) => ({ project_id: at + 1, west: -180, east: 180 })),
  );
  for (const [at, area] of areas.entries()) {
    await sql`update projects set area = ${toBinary(MultiPolygonSchema, area)} where project_id = ${at + 1}`;
  }
  await migrate(sql, MIGRATIONS);
  const rows = await sql<{ west: number; east: number }[]>`
    select west, east from project_search order by project_id`;
  const ends = areas.map((area) => {
    const { west, east } = boundingBoxAround(area);
    // A box that does not cross 180° is left as it was.
    return west > east ? { west, east } : { west: -180, east: 180 };
  });
  expect([...rows]).toEqual(ends);
  expect(ends[0]).toEqual({ west: 179.7, east: -179.8 });
  expect(ends[1]?.west).toBeGreaterThan(100);
  await database.drop();
});
