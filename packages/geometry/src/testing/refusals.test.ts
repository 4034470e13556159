import { expect, test } from "vitest";
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
