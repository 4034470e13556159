import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import type { GeometryFault } from "../areas/geometry-fault.ts";
import { checkArea } from "./check-area.ts";

type Ring = [number, number][];

describe("a valid area passes", () => {
  test.each<[string, string[][]]>([
    ["a square", [["0 0, 4 0, 4 4, 0 4"]]],
    ["a square with a hole", [["0 0, 4 0, 4 4, 0 4", "1 1, 1 2, 2 2, 2 1"]]],
    ["a hole that touches the outer ring with a vertex", [["0 0, 4 0, 4 4, 0 4", "0 2, 1 3, 1 1"]]],
    ["a hole that touches a vertex of the outer ring", [["0 0, 4 0, 4 4, 0 4", "0 0, 1 2, 2 1"]]],
    ["two holes that touch in a point", [["0 0, 6 0, 6 6, 0 6", "1 1, 1 3, 3 3", "3 3, 5 5, 5 3"]]],
    ["polygons that touch in a point", [["0 0, 2 0, 2 2, 0 2"], ["2 2, 4 2, 4 4, 2 4"]]],
    ["polygons that touch in two points", [["0 0, 4 0, 4 4, 2 1, 0 4"], ["0 4, 2 2, 4 4, 2 6"]]],
    ["a polygon with a vertex on another's edge", [["0 0, 4 0, 4 4, 0 4"], ["4 2, 6 1, 6 3"]]],
    ["a polygon in the hole of another", [["0 0, 9 0, 9 9, 0 9", "1 1, 1 8, 8 8, 8 1"], ["2 2, 5 2, 5 5"]]],
    [
      "a polygon that touches the hole it lies in",
      [["0 0, 9 0, 9 9, 0 9", "1 1, 1 8, 8 8, 8 1"], ["1 1, 5 2, 5 5"]],
    ],
    ["positions repeated one after the other", [["0 0, 0 0, 4 0, 4 4, 4 4, 4 4, 0 4, 0 0"]]],
    ["vertices on straight edges", [["0 0, 2 0, 4 0, 4 4, 0 4, 0 3, 0 1"]]],
    ["an edge of 180 degrees", [["-90 0, 90 0, 90 1, -90 1"]]],
  ])("%s", (_, polygons) => {
    expect(faultOf(polygons)).toBeUndefined();
  });

  test("a zig-zag of 6,001 vertices, at any angle", () => {
    for (const angle of [0, 0.7, Math.PI / 2]) {
      const zigzag = turned(zigzagOf(6_001), angle);
      expect(faultOfRings([[zigzag]])).toBeUndefined();
    }
  });

  test("100,000 triangles that all touch in one point", () => {
    const fan = Array.from({ length: 100_000 }, (_, i): Ring[] => {
      const [a, b] = [(i * Math.PI) / 50_000, ((i + 0.5) * Math.PI) / 50_000];
      return [
        [
          [0, 0],
          [Math.cos(a), Math.sin(a)],
          [Math.cos(b), Math.sin(b)],
          [0, 0],
        ],
      ];
    });
    expect(faultOfRings(fan)).toBeUndefined();
  });
});

describe("an invalid area is refused with the rule, the part and the point", () => {
  test.each<[string, string[][], string, string, [number, number]]>([
    ["a bow tie", [["0 0, 4 4, 4 0, 0 4"]], "ring-crosses-itself", "/coordinates/0/0", [2, 2]],
    ["a spike", [["0 0, 4 0, 4 4, 2 4, 2 6, 2 4, 0 4"]], "ring-crosses-itself", "/coordinates/0/0", [2, 4]],
    [
      "a way back along an edge",
      [["0 0, 4 0, 4 4, 2 4, 3 4, 0 4"]],
      "ring-crosses-itself",
      "/coordinates/0/0",
      [2, 4],
    ],
    [
      "a ring that touches itself",
      [["0 0, 4 0, 4 4, 2 0, 0 4"]],
      "ring-touches-itself",
      "/coordinates/0/0",
      [2, 0],
    ],
    [
      "a ring that meets a vertex twice",
      [["0 0, 2 2, 4 0, 4 4, 2 2, 0 4"]],
      "ring-touches-itself",
      "/coordinates/0/0",
      [2, 2],
    ],
    ["a ring on a line", [["0 0, 1 1, 2 2, 1 1"]], "ring-without-area", "/coordinates/0/0", [0, 0]],
    ["a ring of one point", [["1 1, 1 1, 1 1, 1 1"]], "ring-without-area", "/coordinates/0/0", [1, 1]],
    [
      "a hole that crosses the outer ring",
      [["0 0, 4 0, 4 4, 0 4", "3 1, 3 2, 5 2, 5 1"]],
      "rings-cross",
      "/coordinates/0/",
      [4, 1],
    ],
    [
      "a hole with an edge on the outer ring",
      [["0 0, 4 0, 4 4, 0 4", "0 1, 0 3, 2 2"]],
      "rings-cross",
      "/coordinates/0/",
      [0, 1],
    ],
    [
      "the same ring as a hole",
      [["0 0, 4 0, 4 4, 0 4", "0 0, 0 4, 4 4, 4 0"]],
      "rings-cross",
      "/coordinates/0/",
      [0, 0],
    ],
    ["a hole outside", [["0 0, 4 0, 4 4, 0 4", "5 1, 5 2, 6 2"]], "hole-outside", "/coordinates/0/1", [5, 1]],
    [
      "a hole around the outer ring",
      [["1 1, 2 1, 2 2, 1 2", "0 0, 0 4, 4 4, 4 0"]],
      "hole-outside",
      "/coordinates/0/1",
      [0, 0],
    ],
    [
      "a hole in a hole",
      [["0 0, 9 0, 9 9, 0 9", "1 1, 1 8, 8 8, 8 1", "2 2, 2 5, 5 5"]],
      "holes-nested",
      "/coordinates/0/2",
      [2, 2],
    ],
    [
      "polygons with an edge in common",
      [["0 0, 2 0, 2 2, 0 2"], ["2 0, 4 0, 4 2, 2 2"]],
      "polygons-overlap",
      "/coordinates/",
      [2, 0],
    ],
    [
      "a polygon in a polygon",
      [["0 0, 9 0, 9 9, 0 9"], ["2 2, 5 2, 5 5"]],
      "polygons-overlap",
      "/coordinates/1/0",
      [2, 2],
    ],
    [
      "a polygon twice",
      [["0 0, 9 0, 9 9, 0 9"], ["0 0, 9 0, 9 9, 0 9"]],
      "polygons-overlap",
      "/coordinates/",
      [0, 0],
    ],
    [
      "polygons that cross in their vertices only",
      [["0 0, 2 1, 4 0, 2 4"], ["2 1, 6 2, 2 4, 4 2"]],
      "polygons-overlap",
      "/coordinates/",
      [2, 1],
    ],
    [
      "a hole from side to side",
      [["0 0, 4 0, 4 4, 0 4", "0 2, 2 3, 4 2, 2 1"]],
      "interior-disconnected",
      "/coordinates/0/",
      [4, 2],
    ],
    [
      "holes that touch in a circle",
      [["0 0, 9 0, 9 9, 0 9", "1 1, 4 7, 3 3", "1 1, 4 2, 7 1", "7 1, 5 3, 4 7"]],
      "interior-disconnected",
      "/coordinates/0/",
      [7, 1],
    ],
    [
      "an edge around the world",
      [["-170 0, 170 0, 170 1, -170 1"]],
      "antimeridian-crossed",
      "/coordinates/0/0/0",
      [-170, 0],
    ],
  ])("%s", (_, polygons, rule, path, [longitude, latitude]) => {
    const fault = faultOf(polygons);
    expect(fault).toMatchObject({ rule, point: { longitude, latitude } });
    expect(fault?.path.startsWith(path)).toBe(true);
  });

  test("rings that run the wrong way, of a packed area", () => {
    const square = { coordinates: [0, 0, 4, 0, 4, 4, 0, 4, 0, 0], ringLengths: [5], polygonLengths: [1] };
    const around = [0, 0, 0, 4, 4, 4, 4, 0, 0, 0];
    expect(packedFault(square)).toBeUndefined();
    expect(packedFault({ ...square, coordinates: around })).toMatchObject({ rule: "ring-direction" });
    const hole = [1, 1, 2, 1, 2, 2, 1, 1];
    expect(
      packedFault({
        coordinates: [...square.coordinates, ...hole],
        ringLengths: [5, 4],
        polygonLengths: [2],
      }),
    ).toMatchObject({ rule: "ring-direction", path: "/coordinates/0/1" });
  });

  const fine = [0, 0, 4, 0, 4, 4, 0, 0];
  test.each([
    ["nothing", [], [], [], "area-empty"],
    ["an odd number of coordinates", fine.slice(1), [4], [1], "lengths-inconsistent"],
    ["more positions than the rings have", [...fine, 1, 1], [4], [1], "lengths-inconsistent"],
    ["fewer rings than the polygons have", fine, [4], [2], "lengths-inconsistent"],
    ["rings in no polygon", fine, [4], [], "lengths-inconsistent"],
    ["a polygon without rings", fine, [4], [1, 0], "polygon-empty"],
    ["a ring of three positions", fine.slice(0, 6), [3], [1], "ring-too-short"],
    ["a length that is no number", fine, [Number.NaN], [1], "lengths-inconsistent"],
    ["a coordinate that is no number", fine.with(2, Number.NaN), [4], [1], "position-not-finite"],
    ["an infinite coordinate", fine.with(2, Infinity), [4], [1], "position-not-finite"],
    ["a latitude of 91", fine.with(3, 91), [4], [1], "position-out-of-range"],
    ["an open ring", fine.with(7, 1), [4], [1], "ring-not-closed"],
  ])("packed: %s", (_, coordinates, ringLengths, polygonLengths, rule) => {
    expect(packedFault({ coordinates, ringLengths, polygonLengths })).toMatchObject({ rule });
  });

  test("100,000 edges at random", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const scribble: Ring = Array.from({ length: 100_000 }, () => [random(), random()]);
    expect(faultOfRings([[closed(scribble)]])?.rule).toBe("ring-crosses-itself");
  });
});

function zigzagOf(vertices: number): Ring {
  const teeth = Array.from({ length: vertices - 2 }, (_, i): [number, number] => [i % 2, (2 * i) / vertices]);
  return closed([...teeth, [-1, 2], [-1, 0]]);
}

function turned(ring: Ring, angle: number): Ring {
  return ring.map(([x, y]) => [
    Math.cos(angle) * x - Math.sin(angle) * y,
    Math.sin(angle) * x + Math.cos(angle) * y,
  ]);
}

function closed(ring: Ring): Ring {
  return [...ring, ring[0] as [number, number]];
}

/** The fault of polygons written as rings of "x y, x y", not closed. */
function faultOf(polygons: string[][]): GeometryFault | undefined {
  return faultOfRings(
    polygons.map((rings) =>
      rings.map((ring) =>
        closed(ring.split(", ").map((each) => each.split(" ").map(Number) as [number, number])),
      ),
    ),
  );
}

function faultOfRings(coordinates: Ring[][]): GeometryFault | undefined {
  return packedFault(areaFromGeoJson({ type: "MultiPolygon", coordinates }));
}

function packedFault(area: { coordinates: number[]; ringLengths: number[]; polygonLengths: number[] }) {
  try {
    checkArea(create(MultiPolygonSchema, area));
  } catch (fault) {
    return fault as GeometryFault;
  }
  return undefined;
}
