import { expect, test } from "vitest";
import { DrawnArea, placeIn } from "./drawn-area.ts";

const CORNERS = [
  [10, 20],
  [11, 20],
  [11, 21],
];

test("three corners are an area, the last one is removed, and another area begins", () => {
  const area = new DrawnArea("");
  for (const corner of CORNERS) area.add(corner);
  expect(JSON.parse(area.text).coordinates).toEqual([[[...CORNERS, [10, 20]]]]);
  area.undo();
  expect([area.text, area.next, area.ring.length]).toEqual(["", "drawMore", 2]);
  area.add([11, 21]);
  area.another();
  area.add([30, 30]);
  expect([JSON.parse(area.text).coordinates.length, area.polygons.length]).toEqual([1, 2]);
  expect(new DrawnArea(area.text).ring).toEqual(CORNERS);
  expect(new DrawnArea("no GeoJSON").polygons).toEqual([]);
});

test("a rectangle takes two corners, and both can be removed", () => {
  const area = new DrawnArea("");
  area.rectangle();
  area.add([10, 20]);
  expect([area.next, area.text]).toEqual(["drawSecond", ""]);
  area.undo();
  area.add([11, 21]);
  area.add([10, 20]);
  expect(JSON.parse(area.text).coordinates).toEqual([
    [
      [
        [11, 21],
        [10, 21],
        [10, 20],
        [11, 20],
        [11, 21],
      ],
    ],
  ]);
  expect([area.next, area.isRectangle]).toEqual(["drawDone", false]);
});

test("a place is typed as on maps, with a point or a comma", () => {
  for (const text of ["14.2, -90.9", "14.2 -90.9", "14.2,-90.9", "14,2; -90,9", " 14,2 -90,9 "])
    expect(placeIn(text)).toEqual([-90.9, 14.2]);
  for (const text of ["", "14.2", "x, y", "91, 0", "0, 181", "1 2 3", ", "])
    expect(placeIn(text)).toBeUndefined();
});
