import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { expect, test } from "vitest";
import { boundingBoxAround } from "./bounding-box.ts";

const squares = (...corners: [west: number, south: number, degrees: number][]) =>
  create(MultiPolygonSchema, {
    coordinates: corners.flatMap(([w, s, d]) => [w, s, w + d, s, w + d, s + d, w, s + d, w, s]),
    ringLengths: corners.map(() => 5),
    polygonLengths: corners.map(() => 1),
  });
const longitudes = (...corners: [number, number, number][]) => {
  const { west, east } = boundingBoxAround(squares(...corners));
  return [west, east];
};

test("an area on both sides of 180° has a box that crosses it, and others have none that does", () => {
  expect(boundingBoxAround(squares([179, -17, 1], [-180, -16, 0.5]))).toEqual({
    west: 179,
    south: -17,
    east: -179.5,
    north: -15.5,
  });
  // Islands that do not reach the line, in any order, one within the range of another.
  expect(longitudes([-178, 0, 1], [170, 0, 2], [176, 0, 1], [-180, 3, 5])).toEqual([170, -175]);
  expect(longitudes([10, 0, 5], [11, 10, 1], [20, 0, 1])).toEqual([10, 21]);
  expect(longitudes([-90, 0, 1], [80, 0, 1])).toEqual([-90, 81]);
  expect(longitudes([-180, 0, 100], [-80, 0, 100], [20, 0, 100], [90, 5, 90])).toEqual([-180, 180]);
});
