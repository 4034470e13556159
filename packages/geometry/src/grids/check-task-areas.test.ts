import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { METRES_PER_DEGREE } from "../areas/measure.ts";
import { TaskAreaFault } from "../validity/task-area-fault.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { checkTaskAreas } from "./check-task-areas.ts";
import { cutIntoSquares } from "./cut-into-squares.ts";
import { cutIntoGrid } from "./grid.ts";
import { squareArea } from "./tile.ts";

const NO_LIMIT = 100_000;

/** A metre at the equator, in degrees. */
const METRE = 1 / METRES_PER_DEGREE;

describe("areas of other tools pass", () => {
  const within = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      closed([
        [30.01, 50.02],
        [30.21, 50.01],
        [30.29, 50.12],
        [30.15, 50.24],
        [30.02, 50.19],
      ]),
      closed([
        [30.1, 50.1],
        [30.12, 50.15],
        [30.16, 50.11],
      ]),
    ],
  });

  test.each([12, 9, 7])("cut from the area and rounded to %d decimals", (decimals) => {
    for (const tasks of [
      cutIntoGrid(within, 15, "clipped", NO_LIMIT),
      cutIntoSquares(within, 500, NO_LIMIT),
    ]) {
      const areas = tasks.map(({ area }) => rounded(area, decimals));
      expect(faultOf(within, areas)).toBeUndefined();
    }
  });

  test("if they are all of the area, in one or in parts, and if there are none", () => {
    expect(faultOf(within, [within])).toBeUndefined();
    expect(faultOf(within, [])).toBeUndefined();
    expect(faultOf(square(0, 0, 100, 100), [square(0, 0, 50, 100), square(50, 0, 100, 100)])).toBeUndefined();
  });

  test("if one lies in the hole of another and touches it", () => {
    const frame = areaFromGeoJson({
      type: "Polygon",
      coordinates: [
        closed([
          [0, 0],
          [9, 0],
          [9, 9],
          [0, 9],
        ]),
        closed([
          [3, 3],
          [3, 6],
          [6, 6],
          [6, 3],
        ]),
      ],
    });
    expect(faultOf(squareArea(0, 0, 9, 9), [frame, squareArea(3, 3, 6, 6)])).toBeUndefined();
  });

  test("if what they overlap or reach beyond the area is up to a square metre, or a thousandth of the smaller", () => {
    const whole = square(0, 0, 1_000, 1_000);
    const [left, tall] = [square(0, 0, 500, 9), square(0, 0, 500, 1_000)];
    expect(faultOf(whole, [left, square(499.9, 0, 999, 9)])).toBeUndefined();
    expect(faultOf(whole, [left, square(499.88, 0, 999, 9)])).toBeUndefined();
    expect(faultOf(whole, [tall, square(499.51, 0, 999.5, 1_000)])).toBeUndefined();
    expect(faultOf(whole, [tall, square(499.49, 0, 999.5, 1_000)])).toMatchObject({ rule: "overlaps" });
    expect(faultOf(whole, [square(0, 0, 1_000.99, 1_000)])).toBeUndefined();
    expect(faultOf(whole, [square(0, 0, 1_001.1, 1_000)])).toMatchObject({ rule: "outside" });
    expect(faultOf(whole, [square(-1, 0, 10, 0.9)])).toBeUndefined();
    expect(faultOf(whole, [square(-1, 0, 10, 1.1)])).toMatchObject({ rule: "outside" });
  });
});

describe("a fault is reported with the area, the rule and the point", () => {
  const within = square(0, 0, 1_000, 1_000);
  const good = square(0, 0, 100, 100);

  test("an invalid area, with the rule that it breaks and where", () => {
    const bowTie = areaFromGeoJson({
      type: "Polygon",
      coordinates: [
        closed([
          [0, 0],
          [4, 4],
          [4, 0],
          [0, 4],
        ]),
      ],
    });
    const fault = faultOf(within, [good, bowTie]);
    expect(fault).toMatchObject({
      name: "TaskAreaFault",
      index: 1,
      rule: "invalid",
      invalid: { rule: "ring-crosses-itself", path: "/coordinates/0/0/0" },
      point: { longitude: 2, latitude: 2 },
    });
    const nothing = { ...good, polygonLengths: [2] } as MultiPolygon;
    expect(faultOf(within, [nothing])).toMatchObject({
      index: 0,
      rule: "invalid",
      invalid: { rule: "lengths-inconsistent", path: "" },
    });
  });

  test("an area that reaches out, or lies elsewhere", () => {
    const fault = faultOf(within, [good, square(900, 500, 1_100, 600)]);
    expect(fault).toMatchObject({ index: 1, rule: "outside" });
    expectPoint(fault, 1_000, 500, 1_100, 600);
    expectPoint(faultOf(within, [square(2_000, 0, 2_010, 10)]), 2_000, 0, 2_010, 10);
  });

  test("an area in a hole of the area of interest", () => {
    const holed = areaFromGeoJson({
      type: "Polygon",
      coordinates: [
        closed([
          [0, 0],
          [9, 0],
          [9, 9],
          [0, 9],
        ]),
        closed([
          [3, 3],
          [3, 6],
          [6, 6],
          [6, 3],
        ]),
      ],
    });
    expect(faultOf(holed, [squareArea(0, 0, 3, 9), squareArea(4, 4, 5, 5)])).toMatchObject({
      index: 1,
      rule: "outside",
    });
  });

  test("two areas that overlap: the later, and the first that it overlaps", () => {
    const areas = [good, square(200, 0, 300, 100), square(95, 20, 205, 40), square(0, 0, 1_000, 1_000)];
    const fault = faultOf(within, areas);
    expect(fault).toMatchObject({ index: 2, rule: "overlaps", other: 0 });
    expectPoint(fault, 95, 20, 100, 40);
    expect(faultOf(within, [good, good])).toMatchObject({ index: 1, rule: "overlaps", other: 0 });
  });

  test("all areas for one rule before the next", () => {
    const outside = square(0, 0, 100, 2_000);
    const invalid = { ...good, ringLengths: [4] } as MultiPolygon;
    expect(faultOf(within, [good, good, outside, invalid])).toMatchObject({ index: 3, rule: "invalid" });
    expect(faultOf(within, [good, good, outside])).toMatchObject({ index: 2, rule: "outside" });
  });
});

test("more areas than the limit are refused before all else", () => {
  const good = square(0, 0, 1, 1);
  expect(() => checkTaskAreas(good, [good, good, good], 2)).toThrow(new TooManyTasks(2));
});

test("10,000 areas in one of 20,000 vertices are checked", () => {
  const coast = Array.from({ length: 20_000 }, (_, i) => {
    const [angle, radius] = [(i * Math.PI) / 10_000, 0.51 - 0.001 * (i % 7)];
    return [12 + radius * Math.cos(angle), 40 + radius * Math.sin(angle)];
  });
  const within = areaFromGeoJson({ type: "Polygon", coordinates: [closed(coast)] });
  const areas = cutIntoSquares(within, 850, NO_LIMIT).map(({ area }) => rounded(area, 7));
  expect(areas.length).toBeGreaterThan(9_500);
  checkTaskAreas(within, areas, NO_LIMIT);
});

function faultOf(within: MultiPolygon, areas: MultiPolygon[]): TaskAreaFault | undefined {
  try {
    checkTaskAreas(within, areas, NO_LIMIT);
  } catch (fault) {
    expect(fault).toBeInstanceOf(TaskAreaFault);
    return fault as TaskAreaFault;
  }
  return undefined;
}

function expectPoint(
  fault: TaskAreaFault | undefined,
  west: number,
  south: number,
  east: number,
  north: number,
): void {
  const { longitude = Number.NaN, latitude = Number.NaN } = fault?.point ?? {};
  expect(longitude > west * METRE && longitude < east * METRE).toBe(true);
  expect(latitude > south * METRE && latitude < north * METRE).toBe(true);
}

/** A rectangle in metres from the point where the equator and the zero meridian cross. */
function square(west: number, south: number, east: number, north: number): MultiPolygon {
  return squareArea(west * METRE, south * METRE, east * METRE, north * METRE);
}

function rounded(area: MultiPolygon, decimals: number): MultiPolygon {
  return { ...area, coordinates: area.coordinates.map((value) => Number(value.toFixed(decimals))) };
}

function closed(ring: number[][]): number[][] {
  return [...ring, ring[0] as number[]];
}
