import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import { circle, square } from "../testing/system.ts";
import { surveyArea } from "./survey-area.ts";

const LIMITS = { vertices: 5_000, squareKilometres: 5_000 };
const { signal } = new AbortController();

const survey = (area: Parameters<typeof surveyArea>[0]) => surveyArea(area, LIMITS, { signal, caller: 1n });
const refusalOf = async (area: Parameters<typeof surveyArea>[0]): Promise<Refusal> => {
  const outcome = await survey(area).catch((error: unknown) => error);
  if (outcome instanceof Refusal) return outcome;
  throw new Error("the area was not refused", { cause: outcome });
};

test("a sound area is measured", async () => {
  const { boundingBox, areaSquareKilometres } = await survey(square(0.1, 10, 0));
  expect(boundingBox).toEqual({ west: 10, south: 0, east: 10.1, north: 0.1 });
  expect(areaSquareKilometres).toBeCloseTo(123.64, 1);
});

test("an area of many vertices is measured as well", async () => {
  const { areaSquareKilometres } = await survey(circle(4_999));
  expect(areaSquareKilometres).toBeGreaterThan(300);
});

test("too many vertices are refused before anything is looked at", async () => {
  const area = circle(5_001);
  area.coordinates[0] = Number.NaN;
  const { reason, metadata, violations } = await refusalOf(area);
  expect(reason.name).toBe("AREA_TOO_LARGE");
  expect(metadata).toEqual({ unit: "vertices", value: "5001", limit: "5000" });
  expect(violations[0]?.field).toBe("project.area");
});

test("too many square kilometres are refused", async () => {
  const { reason, metadata } = await refusalOf(square(1, 10, 0));
  expect(reason.name).toBe("AREA_TOO_LARGE");
  expect(metadata).toEqual({ unit: "square_kilometres", value: "12364", limit: "5000" });
});

test.each([
  ["that crosses itself", [0, 0, 1, 1, 1, 0, 0, 1, 0, 0], [5], [1]],
  ["that is not closed", [0, 0, 0.1, 0, 0.1, 0.1, 0, 0.1], [4], [1]],
  ["that is nowhere", [0, 0, 999, 0, 0.1, 0.1, 0, 0], [4], [1]],
  ["of nothing", [], [], []],
  ["whose lengths do not agree", [0, 0, 0.1, 0, 0.1, 0.1, 0, 0], [5], [1]],
  ["with a number that is none", [Number.NaN, 0, 0.1, 0, 0.1, 0.1, Number.NaN, 0], [4], [1]],
  ["that runs clockwise", [0, 0, 0.1, 0.1, 0.1, 0, 0, 0], [4], [1]],
])(
  "an area %s is refused with the rule, and not repaired",
  async (_, coordinates, ringLengths, polygonLengths) => {
    const area = create(MultiPolygonSchema, { coordinates, ringLengths, polygonLengths });
    const { reason, metadata, violations } = await refusalOf(area);
    expect(reason.name).toBe("AREA_INVALID");
    expect(metadata.rule).toMatch(/^[a-z-]+$/);
    expect(violations).toMatchObject([{ field: "project.area", rule: metadata.rule }]);
  },
);

test("where the rule is broken is said in degrees and by the part of the document", async () => {
  const area = create(MultiPolygonSchema, {
    coordinates: [0, 0, 0.2, 0.2, 0.2, 0, 0, 0.2, 0, 0],
    ringLengths: [5],
    polygonLengths: [1],
  });
  const { metadata, violations } = await refusalOf(area);
  expect(Number(metadata.longitude)).toBeCloseTo(0.1);
  expect(Number(metadata.latitude)).toBeCloseTo(0.1);
  expect(violations[0]?.description).toContain("/coordinates/0/0");
});
