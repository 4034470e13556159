import { GeometryFault } from "@tessera/geometry/geometry-fault.ts";
import { GeometryTimeout } from "@tessera/geometry/geometry-timeout.ts";
import { TooManyTasks } from "@tessera/geometry/grid.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import { shapingFailure } from "./create-tasks-operation.ts";

test("too many tasks are refused with the limit", () => {
  const refusal = shapingFailure(new TooManyTasks(10), 14, 10) as Refusal;
  expect([refusal.reason.name, refusal.metadata]).toEqual(["TOO_MANY_TASKS", { limit: "10", zoom: "14" }]);
});

test("an area that cannot be cut with certainty is refused with the place", () => {
  const place = { longitude: 1, latitude: 2 };
  const refusal = shapingFailure(new GeometryFault("too-intricate", "", place), 14, 10) as Refusal;
  expect(refusal.reason.name).toBe("AREA_TOO_INTRICATE");
  expect(refusal.metadata).toEqual({ zoom: "14", longitude: "1", latitude: "2" });
});

test("cutting that takes too long decides nothing", () => {
  const timeout = new GeometryTimeout(5);
  expect(shapingFailure(timeout, 14, 10)).toBe(timeout);
});
