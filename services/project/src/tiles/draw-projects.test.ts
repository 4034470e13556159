import { create } from "@bufbuild/protobuf";
import { VectorTile } from "@mapbox/vector-tile";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  ProjectDifficulty,
  ProjectPriority,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { squareArea } from "@tessera/geometry/grids/tile.ts";
import { boxOf, frameOf } from "@tessera/geometry/tiles/frame.ts";
import { shapesOf } from "@tessera/geometry/tiles/shapes.ts";
import { PbfReader } from "pbf";
import { expect, test } from "vitest";
import { drawProjects, outlined } from "./draw-projects.ts";
import type { MappedProject } from "./tile-store.ts";

type Box = [west: number, south: number, east: number, north: number];
const WORLD = { zoom: 0, x: 0, y: 0 };

function project(
  projectId: number,
  [west, south, east, north]: Box,
  difference: Partial<MappedProject> = {},
) {
  return {
    projectId,
    revision: 1n,
    name: `Project ${projectId}`,
    status: ProjectStatus.PUBLISHED,
    priority: ProjectPriority.HIGH,
    difficulty: ProjectDifficulty.EASY,
    progress: 4_250,
    ...{ west, south, east, north },
    longitude: (west + east) / 2,
    latitude: (south + north) / 2,
    ...difference,
  };
}

/** What a decoder that others wrote reads of a tile, by layer. */
function drawn(
  projects: MappedProject[],
  tile: { zoom: number; x: number; y: number },
  areas?: MultiPolygon[],
) {
  const frame = frameOf(tile);
  const found = outlined(projects, frame);
  const shapes = found.map((it) => {
    const area = areas?.[projects.indexOf(it)] ?? squareArea(it.west, it.south, it.east, it.north);
    return [it.projectId, shapesOf([area])] as const;
  });
  const { layers } = new VectorTile(new PbfReader(drawProjects(projects, new Map(shapes), frame)));
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => [
      name,
      Array.from({ length: layer.length }, (_, at) => {
        const feature = layer.feature(at);
        return { id: feature.id, ...feature.properties };
      }),
    ]),
  );
}

test("a project is a point until it is wide enough for an outline", () => {
  const small = project(7, [10, 10, 11, 11]);
  const shown = {
    id: 7,
    project_id: 7,
    name: "Project 7",
    status: "PROJECT_STATUS_PUBLISHED",
    priority: "PROJECT_PRIORITY_HIGH",
    difficulty: "PROJECT_DIFFICULTY_EASY",
    progress: 42.5,
  };
  expect(drawn([small], WORLD)).toEqual({ points: [shown] });
  expect(drawn([small], { zoom: 4, x: 8, y: 7 })).toEqual({ projects: [shown] });
  expect(drawn([{ ...small, progress: -1 }], WORLD).points?.[0]).not.toHaveProperty("progress");
});

test("projects too close to be distinct are one point with their number and their usual status", () => {
  const close = [1, 2, 3].map((id) =>
    project(id, [10, 10, 10 + id / 1_000, 10.1], {
      status: id === 1 ? ProjectStatus.ARCHIVED : ProjectStatus.PUBLISHED,
    }),
  );
  const far = project(4, [100, 10, 100.1, 10.1]);
  const { points } = drawn([...close, far], WORLD);
  expect(points).toEqual([
    { project_count: 3, status: "PROJECT_STATUS_PUBLISHED" },
    expect.objectContaining({ id: 4, project_id: 4 }),
  ]);
  expect(points?.[0]).toHaveProperty("id", undefined);
});

test("a project across 180° is as wide as it is, and is drawn on both sides of the map", () => {
  const narrow = project(5, [179.9, -17, -179.9, -16.9], { longitude: 180 });
  expect(Object.keys(drawn([narrow], WORLD))).toEqual(["points"]);
  const wide = project(6, [170, -20, -170, -10], { longitude: 180 });
  const area = create(MultiPolygonSchema, {
    coordinates: [
      ...squareArea(170, -20, 180, -10).coordinates,
      ...squareArea(-180, -20, -170, -10).coordinates,
    ],
    ringLengths: [5, 5],
    polygonLengths: [1, 1],
  });
  for (const x of [0, 7]) {
    expect(drawn([wide], { zoom: 3, x, y: 4 }, [area]).projects?.map(({ id }) => id)).toEqual([6]);
  }
  expect(drawn([wide], { zoom: 3, x: 3, y: 4 }, [area])).toEqual({});
});

test("a tile asks for what lies in its buffer too, and at the edges of the map for all beyond", () => {
  expect(boxOf(frameOf(WORLD))).toEqual({ west: -180, south: -90, east: 180, north: 90 });
  const { west, south, east, north } = boxOf(frameOf({ zoom: 1, x: 1, y: 1 }));
  expect([east, south]).toEqual([180, -90]);
  expect(west).toBeCloseTo((-180 * 64) / 4_096, 5);
  expect(north).toBeGreaterThan(0);
});
