import { expect, test } from "vitest";
import { compareAll } from "./differential.ts";

/** The areas that are compared in each run of the suite; `npm run differential` compares 100,000. */
const AREAS = 200;

test("this package and jsts agree on random areas", () => {
  const { areas, valid, tallies } = compareAll(1, Array(AREAS).keys());
  expect(areas).toBe(AREAS);
  expect(valid).toBeGreaterThan(AREAS / 5);
  for (const [name, { agreed, differences }] of tallies) {
    expect.soft(differences, name).toEqual([]);
    expect.soft(agreed, name).toBeGreaterThan(AREAS / 30);
  }
});
