import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areaFromGeoJson, areaToGeoJson, areaToGeoJsonText } from "./geo-json.ts";
import type { GeometryFault } from "./geometry-fault.ts";

const SQUARE = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
  [0, 0],
];
const HOLE = [
  [1, 1],
  [1, 2],
  [2, 2],
  [2, 1],
  [1, 1],
];
const polygon = (...coordinates: unknown[]) => ({ type: "Polygon", coordinates });
const feature = (geometry: unknown) => ({ type: "Feature", properties: {}, geometry });
const collection = (...features: unknown[]) => ({ type: "FeatureCollection", features });

describe("reading", () => {
  test("a polygon becomes an area with its rings in order", () => {
    const area = areaFromGeoJson(polygon(SQUARE, HOLE));
    expect(area.coordinates).toEqual([...SQUARE.flat(), ...HOLE.flat()]);
    expect(area.ringLengths).toEqual([5, 5]);
    expect(area.polygonLengths).toEqual([2]);
  });

  test("rings are turned to the right-hand rule, whichever way they came", () => {
    const area = areaFromGeoJson(polygon(SQUARE.toReversed(), HOLE.toReversed()));
    expect(area).toEqual(areaFromGeoJson(polygon(SQUARE, HOLE)));
  });

  test("the polygons of all features are collected in their order", () => {
    const many = { type: "MultiPolygon", coordinates: [[SQUARE, HOLE], [HOLE.toReversed()]] };
    const area = areaFromGeoJson(collection(feature(polygon(SQUARE)), feature(many)));
    expect(area.polygonLengths).toEqual([1, 2, 1]);
  });

  test("heights and whatever else follows longitude and latitude are dropped", () => {
    const high = SQUARE.map(([x, y], i) => [x, y, 100 * i, 7]);
    expect(areaFromGeoJson(polygon(high))).toEqual(areaFromGeoJson(polygon(SQUARE)));
  });

  test("the older crs member is taken where it says WGS 84", () => {
    const crs = { type: "name", properties: { name: "urn:ogc:def:crs:OGC:1.3:CRS84" } };
    expect(areaFromGeoJson({ ...polygon(SQUARE), crs }).ringLengths).toEqual([5]);
  });

  const with5 = (position: unknown) => SQUARE.map((each, i) => (i === 2 ? position : each));
  test.each([
    ["a string", "POLYGON", "not-an-object", ""],
    ["nothing", null, "not-an-object", ""],
    ["an array", [], "not-an-object", ""],
    ["an object without a type", {}, "type-not-taken", "/type"],
    ["a point", { type: "Point", coordinates: [0, 0] }, "type-not-taken", "/type"],
    [
      "a geometry collection in a feature",
      collection(feature(polygon(SQUARE)), feature({ type: "GeometryCollection", geometries: [] })),
      "area-empty",
      "/features/1/geometry/geometries",
    ],
    ["a feature in a feature", feature(feature(polygon(SQUARE))), "type-not-taken", "/geometry/type"],
    ["a geometry among features", collection(polygon(SQUARE)), "type-not-taken", "/features/0/type"],
    ["a feature without a place", collection(feature(null)), "geometry-missing", "/features/0/geometry"],
    ["features that are no list", { type: "FeatureCollection" }, "coordinates-malformed", "/features"],
    ["a collection of nothing", collection(), "area-empty", ""],
    ["a multipolygon of nothing", { type: "MultiPolygon", coordinates: [] }, "area-empty", "/coordinates"],
    ["a polygon of nothing", polygon(), "polygon-empty", "/coordinates"],
    ["a polygon as deep as a multipolygon", polygon([SQUARE]), "ring-too-short", "/coordinates/0"],
    [
      "coordinates that are no list",
      { type: "Polygon", coordinates: 1 },
      "coordinates-malformed",
      "/coordinates",
    ],
    ["a ring of three", polygon(SQUARE.slice(0, 3)), "ring-too-short", "/coordinates/0"],
    ["a position of one", polygon(with5([1])), "position-malformed", "/coordinates/0/2"],
    ["a string for a number", polygon(with5(["4", 4])), "position-malformed", "/coordinates/0/2"],
    ["a string for a height", polygon(with5([4, 4, "0"])), "position-malformed", "/coordinates/0/2"],
    ["nothing for a number", polygon(with5([null, 4])), "position-malformed", "/coordinates/0/2"],
    ["infinity", polygon(with5([Number.POSITIVE_INFINITY, 4])), "position-not-finite", "/coordinates/0/2"],
    ["a longitude of 999", polygon(with5([999, 4])), "position-out-of-range", "/coordinates/0/2"],
    ["a hole that is open", polygon(SQUARE, HOLE.slice(0, 4)), "ring-not-closed", "/coordinates/1/3"],
    [
      "another coordinate system",
      collection({ ...feature(polygon(SQUARE)), crs: { type: "name", properties: { name: "EPSG:3857" } } }),
      "crs-not-wgs84",
      "/features/0/crs",
    ],
    ["an unknown coordinate system", { ...polygon(SQUARE), crs: {} }, "crs-not-wgs84", "/crs"],
  ])("%s is refused with its place in the document", (_, value, rule, path) => {
    expect(faultOf(() => areaFromGeoJson(value))).toMatchObject({ rule, path });
  });
});

describe("writing", () => {
  const positions = fc.array(
    fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true })),
    {
      minLength: 3,
      maxLength: 6,
    },
  );
  const multiPolygons = fc.array(fc.array(positions, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  });

  test("text is what JSON.stringify gives", () => {
    fc.assert(
      fc.property(multiPolygons, (polygons) => {
        const coordinates = polygons.map((rings) => rings.map((ring) => [...ring, ring[0]]));
        const area = areaFromGeoJson({ type: "MultiPolygon", coordinates });
        expect(areaToGeoJsonText(area)).toBe(JSON.stringify(areaToGeoJson(area)));
      }),
    );
  });

  test("what was written is read as it was", () => {
    const area = areaFromGeoJson({ type: "MultiPolygon", coordinates: [[SQUARE, HOLE], [SQUARE]] });
    expect(areaFromGeoJson(areaToGeoJson(area))).toEqual(area);
  });
});

function faultOf(act: () => unknown): GeometryFault | undefined {
  try {
    act();
  } catch (fault) {
    return fault as GeometryFault;
  }
  return undefined;
}
