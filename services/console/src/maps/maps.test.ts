import { expect, test } from "vitest";
import { areaData, boundsAround } from "./areas.ts";
import { boundsOf, degreesOf } from "./bounds.ts";
import { lattice } from "./lattice.ts";
import { PathData } from "./path-data.ts";
import { CHARACTERS_MAX, taskPaths } from "./task-paths.ts";
import { LOCKS, type Shape, STATES } from "./task-shapes.ts";
import { tilesAround } from "./tiles-around.ts";
import { placeIn, viewOf } from "./view.ts";

/** A square of 8 units. */
function square(column: number, row: number, state: Shape["state"] = "ready"): Shape {
  const [x, y] = [8 * column, 8 * row];
  const ring = [x, y, x + 8, y, x + 8, y + 8, x, y + 8];
  return {
    taskId: 1 + column + 100 * row,
    state,
    lock: "free",
    hidesHeld: false,
    isSliver: false,
    rings: [ring],
    lines: linesOf(ring),
  };
}

function linesOf(ring: readonly number[]): Shape["lines"] {
  const at = (place: number) => ring[place % ring.length] as number;
  return Array.from({ length: ring.length / 2 }, (_, it) => [
    at(2 * it),
    at(2 * it + 1),
    at(2 * it + 2),
    at(2 * it + 3),
  ]);
}

const grid = (stateOf: (column: number, row: number) => Shape["state"]) =>
  Array.from({ length: 10_000 }, (_, at) =>
    square(at % 100, Math.floor(at / 100), stateOf(at % 100, Math.floor(at / 100))),
  );

test("squares of one state beside each other are one line, and the lines between tasks are drawn once", () => {
  const { classes, borders } = taskPaths([square(0, 0), square(1, 0), square(3, 0), square(0, 1, "mapped")]);
  expect(classes).toEqual([
    { state: "ready", lock: "free", data: "m0 0h16m8 0h8m-32 8h8", rowHeight: 8 },
    { state: "mapped", lock: "free", data: "m0 8h8", rowHeight: 8 },
  ]);
  expect(borders).toBe("m0 0h16m8 0h8m-32 8h16m8 0h8m-32 8h8m-8-16v16m8-16v16m8-16v8m8-8v8m8-8v8");
});

test("ten thousand tasks are a small picture, also where their states are random", () => {
  const alike = taskPaths(grid((column) => (column < 50 ? "ready" : "validated")));
  expect(alike.classes.reduce((sum, { data }) => sum + data.length, alike.borders.length)).toBeLessThan(
    6_000,
  );
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const different = taskPaths(grid(() => STATES[random() % STATES.length] ?? "ready"));
  const length = different.classes.reduce((sum, { data }) => sum + data.length, different.borders.length);
  expect(length).toBeLessThanOrEqual(CHARACTERS_MAX);
  expect(different.borders).not.toBe("");
});

test("areas of many corners are drawn in squares where they would make a large picture", () => {
  const round = ({ taskId }: Shape): Shape => {
    const [x, y] = [10 * (taskId % 100), 10 * Math.floor(taskId / 100)];
    const ring = Array.from({ length: 24 }, (_, at) => [
      x + Math.round(5 * Math.cos((at * Math.PI) / 12)),
      y + Math.round(5 * Math.sin((at * Math.PI) / 12)),
    ]).flat();
    return {
      taskId,
      state: STATES[taskId % 5] ?? "ready",
      lock: LOCKS[taskId % 3] ?? "free",
      hidesHeld: false,
      isSliver: false,
      rings: [ring],
      lines: linesOf(ring),
    };
  };
  const { classes, borders } = taskPaths(grid(() => "ready").map(round));
  expect(classes.reduce((sum, { data }) => sum + data.length, borders.length)).toBeLessThan(80_000);
  expect(classes.every(({ rowHeight }) => rowHeight > 0)).toBe(true);
});

test("lines that are not upright are drawn once, from whichever side they are seen", () => {
  const one: Shape = { ...square(0, 0), lines: [[0, 0, 5, 9]] };
  expect(lattice([one, { ...one, lines: [[5, 9, 0, 0]] }], true)).toBe("m0 0l5 9");
  expect(lattice([one], false)).toBe("");
});

test("path data is relative, and short", () => {
  const data = new PathData();
  data.ring([5, 5, 9, 5, 9, 2, 3, 1]);
  data.ring([6, 5, 7, 5]);
  expect(String(data)).toBe("m5 5h4v-3l-6-1z");
});

test("a picture takes the highest zoom of which two by two tiles show the whole area", () => {
  const around = (west: number, south: number, east: number, north: number) =>
    tilesAround(boundsOf({ west, south, east, north })).map(({ zoom, x, y }) => `${zoom}/${x}/${y}`);
  expect(around(10, 10, 10.5, 10.5)).toEqual(["9/270/240", "9/270/241"]);
  expect(around(-1, -1, 1, 1)).toEqual(["8/127/127", "8/128/127", "8/127/128", "8/128/128"]);
  expect(around(-180, -90, 180, 90)).toEqual(["1/0/0", "1/1/0", "1/0/1", "1/1/1"]);
  expect(around(10, 10, 10, 10)).toHaveLength(1);
});

test("an area that goes over 180° is shown as one, with its tiles of both sides", () => {
  const fiji = boundsOf({ west: 177, south: -19, east: -178, north: -16 });
  expect(degreesOf(fiji).map(Math.round)).toEqual([177, -19, 182, -16]);
  const tiles = tilesAround(fiji);
  expect(new Set(tiles.map(({ x }) => x === 0))).toEqual(new Set([true, false]));
  const coordinates = [177, -19, 180, -19, 180, -16, 177, -16, -180, -19, -178, -19, -178, -16];
  expect(boundsAround(coordinates)).toEqual(fiji);
  const view = viewOf(fiji, 500);
  expect([placeIn(view, 177, -16)[0], placeIn(view, 180, -16)[0], placeIn(view, -178, -16)[0]]).toEqual([
    0, 300, 500,
  ]);
});

test("an area is drawn with its holes", () => {
  const area = {
    coordinates: [0, 0, 10, 0, 10, 10, 0, 10, 0, 0, 4, 4, 6, 4, 6, 6, 4, 6, 4, 4],
    ringLengths: [5, 5],
  };
  const bounds = boundsAround(area.coordinates) ?? boundsOf({});
  expect(areaData(area, viewOf(bounds, 100)).match(/z/g)).toHaveLength(2);
  expect(boundsAround([])).toBeUndefined();
});
