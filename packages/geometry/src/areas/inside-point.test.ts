import { expect, test } from "vitest";
import { containsPoint } from "./contains-point.ts";
import { areaFromGeoJson } from "./geo-json.ts";
import { insidePoint } from "./inside-point.ts";

const polygon = (...coordinates: number[][][]) => areaFromGeoJson({ type: "Polygon", coordinates });

test("of a square it is the middle", () => {
  expect(
    insidePoint(
      polygon([
        [10, 20],
        [12, 20],
        [12, 22],
        [10, 22],
        [10, 20],
      ]),
    ),
  ).toEqual({
    longitude: 11,
    latitude: 21,
  });
});

test.each([
  [
    "a horseshoe",
    [
      [
        [0, 0],
        [9, 0],
        [9, 9],
        [8, 9],
        [8, 1],
        [1, 1],
        [1, 9],
        [0, 9],
        [0, 0],
      ],
    ],
  ],
  [
    "a ring",
    [
      [
        [0, 0],
        [9, 0],
        [9, 9],
        [0, 9],
        [0, 0],
      ],
      [
        [1, 1],
        [1, 8],
        [8, 8],
        [8, 1],
        [1, 1],
      ],
    ],
  ],
  [
    "a sliver",
    [
      [
        [0, 0],
        [10, 1e-7],
        [0, 1e-7],
        [0, 0],
      ],
    ],
  ],
])("of %s it lies inside", (_, rings) => {
  const area = polygon(...rings);
  const { longitude, latitude } = insidePoint(area);
  expect(containsPoint(area, longitude, latitude)).toBe(true);
});

test("it does not lie on an edge at the latitude of the centroid", () => {
  const area = polygon([
    [0, 7],
    [0, 4],
    [4, 7],
    [9, 7],
    [9, 9],
    [0, 7],
  ]);
  expect(insidePoint(area).latitude).not.toBe(7);
});

test("of random stars it lies inside", () => {
  let seed = 5;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let round = 0; round < 300; round++) {
    const count = 4 + Math.floor(random() * 20);
    const ring = Array.from({ length: count }, (_, i) => {
      const angle = (2 * Math.PI * i) / count;
      const radius = 0.05 + random();
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
    const area = polygon([...ring, ring[0] as number[]]);
    const { longitude, latitude } = insidePoint(area);
    expect(containsPoint(area, longitude, latitude)).toBe(true);
  }
});

test("of several polygons it lies in the largest", () => {
  const coordinates = [
    [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
    [
      [
        [50, 50],
        [60, 50],
        [60, 60],
        [50, 60],
        [50, 50],
      ],
    ],
  ];
  expect(insidePoint(areaFromGeoJson({ type: "MultiPolygon", coordinates }))).toEqual({
    longitude: 55,
    latitude: 55,
  });
});
