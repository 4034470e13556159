import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import type { GeometryFault } from "../areas/geometry-fault.ts";
import { checkArea } from "./check-area.ts";
import { findFaults, joinAndFindFaults } from "./find-faults.ts";

const MOST = 20;
const area = (...polygons: number[][][][]) =>
  areaFromGeoJson({ type: "MultiPolygon", coordinates: polygons });
const square = (west: number, south: number, size: number) => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];
const bowTie = (west: number) => [
  [west, 0],
  [west + 1, 1],
  [west + 1, 0],
  [west, 1],
  [west, 0],
];

function ruleBroken(given: MultiPolygon): string | undefined {
  try {
    checkArea(given);
    return undefined;
  } catch (error) {
    return (error as GeometryFault).rule;
  }
}

test("a sound area has no faults", () => {
  const sound = area([square(0, 0, 4), square(1, 1, 1)], [square(5, 5, 1)]);
  expect(joinAndFindFaults(sound, MOST)).toEqual({ area: sound, faults: [] });
});

test("the faults of all polygons are reported, and those between the valid ones", () => {
  const { faults } = joinAndFindFaults(
    area(
      [bowTie(0)],
      [square(10, 0, 2)],
      [bowTie(20)],
      [square(11, 1, 2)],
      [square(30, 0, 2), square(35, 0, 1)],
      [square(30.5, 0.5, 1)],
    ),
    MOST,
  );
  expect(faults.map(({ rule, path }) => [rule, path.split("/")[2]])).toEqual([
    ["ring-crosses-itself", "0"],
    ["ring-crosses-itself", "2"],
    ["hole-outside", "4"],
    ["polygons-overlap", "3"],
  ]);
});

test("every point where a ring crosses itself is reported", () => {
  const up = [0, 1, 2, 3, 4].map((i) => [i, i % 2]);
  const back = [0, 1, 2, 3, 4].map((i) => [i, (i + 1) % 2]).reverse();
  const { faults } = joinAndFindFaults(area([[...up, ...back, [0, 0]]]), MOST);
  expect(faults.every(({ rule }) => rule === "ring-crosses-itself")).toBe(true);
  expect(faults.map(({ point }) => [point?.longitude, point?.latitude]).sort()).toEqual([
    [0.5, 0.5],
    [1.5, 0.5],
    [2.5, 0.5],
    [3.5, 0.5],
  ]);
});

test("at most the requested number is reported, in bounded time, though there are millions", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const scribble = Array.from({ length: 20_000 }, () => [random(), random()]);
  expect(joinAndFindFaults(area([[...scribble, scribble[0] as number[]]]), MOST).faults).toHaveLength(MOST);
});

test("there are faults exactly where the check refuses, but for neighbours, which are joined", () => {
  let seed = 3;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let round = 0; round < 500; round++) {
    const triangles = Array.from({ length: 3 }, () => {
      const [x, y] = [Math.floor(random() * 6), Math.floor(random() * 6)];
      const corner = () => [x + Math.floor(random() * 4), y + Math.floor(random() * 4)];
      const first = corner();
      return [[first, corner(), corner(), corner(), first]];
    });
    const given = area(...triangles);
    const refused = ruleBroken(given);
    expect(findFaults(given, MOST).length > 0).toBe(refused !== undefined);
    const { area: found, faults } = joinAndFindFaults(given, MOST);
    if (refused === undefined || faults.length > 0) {
      expect([found, faults.length > 0]).toEqual([given, refused !== undefined]);
    } else expect([refused, ruleBroken(found)]).toEqual(["polygons-overlap", undefined]);
  }
});

test("of three polygons the overlapping ones are reported, not the neighbours", () => {
  const given = area([square(0, 0, 2)], [square(2, 0, 2)], [square(3, 1, 2)], [square(8, 8, 1)]);
  const { area: found, faults } = joinAndFindFaults(given, MOST);
  expect(found).toEqual(given);
  expect(faults).toMatchObject([{ rule: "polygons-overlap" }]);
  expect(["1", "2"]).toContain(faults[0]?.path.split("/")[2]);
});

test("without joining, neighbours are wrong", () => {
  const faults = findFaults(area([square(0, 0, 2)], [square(2, 0, 2)]), MOST);
  expect(faults).toMatchObject([{ rule: "polygons-overlap" }]);
});

test("neighbours are joined although another polygon is invalid, which alone is reported", () => {
  const { faults } = joinAndFindFaults(area([square(0, 0, 2)], [square(2, 0, 2)], [bowTie(9)]), MOST);
  expect(faults).toMatchObject([{ rule: "ring-crosses-itself", path: "/coordinates/2/0/0" }]);
});

test("an area without ground is reported as empty", () => {
  expect(joinAndFindFaults(create(MultiPolygonSchema), MOST).faults).toMatchObject([{ rule: "area-empty" }]);
});
