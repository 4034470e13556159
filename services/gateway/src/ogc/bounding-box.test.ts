import { expect, test } from "vitest";
import { boxOf } from "./bounding-box.ts";

test.each([
  ["1,2,3,4", { west: 1, south: 2, east: 3, north: 4 }],
  [" 1 , +2 , 3.50 , 4e0 ", { west: 1, south: 2, east: 3.5, north: 4 }],
  ["-180,-90,180,90", { west: -180, south: -90, east: 180, north: 90 }],
  ["179,-17,-179,-16", { west: 179, south: -17, east: -179, north: -16 }],
  ["1,2,-100,3,4,8000", { west: 1, south: 2, east: 3, north: 4 }],
  ["20.1000000000000014,.5,20.1050000000000004,5.", { west: 20.1, south: 0.5, east: 20.105, north: 5 }],
])("the box %s", (text, box) => {
  expect(boxOf(text)).toEqual(box);
});

test.each([
  "",
  ",,,",
  "1,2,3",
  "1,2,3,4,5",
  "1,2,3,4,5,6,7",
  "1,2,3,four",
  "1,2,3,NaN",
  "1,2,3,0x4",
  "0,0,180.1,0",
  "0,0,0,90.1",
  "0,2,0,1",
  "0,0,9,0,0,8",
])("%s is no box", (text) => {
  expect(boxOf(text)).toBeUndefined();
});
