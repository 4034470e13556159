import { expect, test } from "vitest";
import { squareArea } from "../grids/tile.ts";
import { areaFromGeoJson } from "./geo-json.ts";
import { areaSquareKilometres, boundingBoxOf, vertexCount } from "./measure.ts";

const SPHERE = 4 * Math.PI * 6371.0088 ** 2;

test("the whole sphere measures what a sphere does", () => {
  expect(areaSquareKilometres(squareArea(-180, -90, 180, 90)) / SPHERE).toBeCloseTo(1, 14);
});

test("a rectangle measures what its zone does", () => {
  const expected = ((SPHERE / 2) * (Math.sin(Math.PI / 3) - Math.sin(Math.PI / 6)) * 10) / 360;
  expect(areaSquareKilometres(squareArea(20, 30, 30, 60)) / expected).toBeCloseTo(1, 14);
});

test("an area measures what its parts do together, wherever its edges are cut", () => {
  const whole = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      [
        [0, 40],
        [8, 40],
        [4, 60],
        [0, 40],
      ],
    ],
  });
  const west = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      [
        [0, 40],
        [4, 40],
        [4, 60],
        [0, 40],
      ],
    ],
  });
  const east = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      [
        [4, 40],
        [8, 40],
        [6, 50],
        [4, 60],
        [4, 40],
      ],
    ],
  });
  expect((areaSquareKilometres(west) + areaSquareKilometres(east)) / areaSquareKilometres(whole)).toBeCloseTo(
    1,
    13,
  );
});

test("holes do not count, neither do positions that close a ring", () => {
  const outer = [
    [0, 0],
    [2, 0],
    [2, 2],
    [0, 2],
    [0, 0],
  ];
  const hole = [
    [1, 1],
    [1, 2],
    [2, 2],
    [1, 1],
  ];
  const area = areaFromGeoJson({ type: "Polygon", coordinates: [outer, hole] });
  const [all, none] = [outer, hole].map((ring) =>
    areaSquareKilometres(areaFromGeoJson({ type: "Polygon", coordinates: [ring] })),
  );
  expect(areaSquareKilometres(area)).toBeCloseTo((all as number) - (none as number), 6);
  expect(vertexCount(area)).toBe(7);
});

test("the bounding box reaches from the westernmost to the easternmost position", () => {
  const area = areaFromGeoJson({
    type: "Polygon",
    coordinates: [
      [
        [-3, 1],
        [5, -2],
        [4, 7],
        [-3, 1],
      ],
    ],
  });
  expect(boundingBoxOf(area)).toEqual({ west: -3, south: -2, east: 5, north: 7 });
});
