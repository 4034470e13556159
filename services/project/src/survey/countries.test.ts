import { expect, test } from "vitest";
import { circle, square } from "../testing/system.ts";
import { countriesOf } from "./countries.ts";

test.each([
  ["inside one country", 0.1, 10, 20, ["NE"]],
  ["across a border", 0.4, 34, -1.2, ["KE", "TZ"]],
  ["three at a corner", 1, 7, 47.2, ["CH", "DE", "FR"]],
  ["in the midst of an ocean", 0.5, -150, -45, []],
  ["a whole country and those around it", 4, 27, -31, ["LS", "SZ", "ZA"]],
  ["islands that have a code of their own", 0.1, -66.5, 18.2, ["PR"]],
  ["islands whose code is only reserved", 0.1, -16.6, 28.2, ["ES"]],
  ["Kosovo, by the code in use", 0.05, 21.1, 42.6, ["XK"]],
] as const)("%s", (_, degrees, west, south, expected) => {
  expect(countriesOf(square(degrees, west, south))).toEqual(expected);
});

test("a large area takes little time", () => {
  countriesOf(square());
  expect(countriesOf(circle(100_000, 5))).toContain("NE");
});
