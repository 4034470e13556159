import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { cutIntoSquares } from "../grids/cut-into-squares.ts";
import { countRefusals } from "./refusals.ts";

test("no way of cutting calls an area too intricate because parts of it are thin", () => {
  // Areas of seed 1 with holes, gaps and needles that rounding closes.
  const thin = [87, 215, 219, 241, 437, 834, 916, 1239, 1361, 1774, 2031, 2072, 4082, 4311, 6220, 16468];
  for (const [name, { tried, refused, changed }] of countRefusals(1, thin)) {
    expect(tried, name).toBe(thin.length);
    expect(refused, name).toEqual([]);
    expect(changed, name).toEqual([]);
  }
});

test("a comb whose needles are together thinner than rounding is cut", () => {
  const needles = 1_000;
  const comb = Array.from({ length: needles }, (_, i) => [
    [(i / needles) * 1e-13, 0],
    [((i + 0.5) / needles) * 1e-13, 1],
  ]).flat();
  const ring = [...comb, [1e-13, 0], [1e-13, 2], [-1, 2], [-1, 0], [0, 0]];
  const area = areaFromGeoJson({ type: "Polygon", coordinates: [ring] });
  expect(cutIntoSquares(area, 50_000, 1_000).length).toBeGreaterThan(10);
});
