import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { expect, test } from "vitest";
import { areaSquareKilometres } from "../areas/measure.ts";
import { checkTaskAreas } from "./check-task-areas.ts";
import { type FillCut, fillGround } from "./fill-ground.ts";
import { cutIntoGrid } from "./grid.ts";
import { uncoveredGround } from "./uncovered-ground.ts";

const LIMIT = 10_000;
const polygon = (...coordinates: number[]): MultiPolygon =>
  create(MultiPolygonSchema, { coordinates, ringLengths: [coordinates.length / 2], polygonLengths: [1] });
const SMALL = polygon(10, 10, 10.8, 10, 10.4, 10.7, 10, 10);
const MOVED = polygon(10, 10, 11.2, 10.05, 10.9, 10.9, 10.1, 10.6, 10, 10);
const EVERYWHERE = polygon(9, 9, 12, 9, 12, 12, 9, 12, 9, 9);
const TASKS = cutIntoGrid(SMALL, 13, "clipped", LIMIT).map(({ area }) => area);
type MadeCut = Exclude<FillCut, { by: "areas" }>;
const CUTS: MadeCut[] = [
  { by: "zoom", zoom: 13, edge: "clipped" },
  { by: "zoom", zoom: 12, edge: "whole" },
  { by: "size", sizeMetres: 3_000 },
  { by: "count", count: 40 },
];
const ground = (areas: readonly MultiPolygon[]) =>
  areas.reduce((sum, area) => sum + areaSquareKilometres(area), 0);

test.each(CUTS)("an area that moved is filled by %j without overlap, and nothing is left to fill", (cut) => {
  const made = fillGround(MOVED, TASKS, cut, LIMIT).map(({ area }) => area);
  const all = [...TASKS, ...made];
  expect(() => checkTaskAreas(EVERYWHERE, all, LIMIT)).not.toThrow();
  expect(uncoveredGround([MOVED], all)).toBeUndefined();
  expect(fillGround(MOVED, all, cut, LIMIT)).toEqual([]);
});

test("an area that is covered gives no task", () => {
  expect(uncoveredGround([SMALL], TASKS)).toBeUndefined();
});

test("coordinates that were rounded to six decimals leave nothing to fill along the border", () => {
  const rounded = polygon(...SMALL.coordinates.map((value) => Math.round((value + 3e-7) * 1e6) / 1e6));
  expect(fillGround(rounded, TASKS, { by: "zoom", zoom: 13, edge: "clipped" }, LIMIT)).toEqual([]);
});

test("a task that is missing is made again, as the square that it was", () => {
  const tasks = cutIntoGrid(SMALL, 13, "clipped", LIMIT);
  const missing = tasks.findIndex(({ tile }) => tile !== undefined);
  const others = tasks.filter((_, index) => index !== missing).map(({ area }) => area);
  const made = fillGround(SMALL, others, { by: "zoom", zoom: 13, edge: "clipped" }, LIMIT);
  expect(made.map(({ tile }) => tile)).toEqual([tasks[missing]?.tile]);
});

test("the ground of an area without tasks is the area", () => {
  expect(ground([uncoveredGround([MOVED], []) as MultiPolygon])).toBeCloseTo(areaSquareKilometres(MOVED), 6);
});
