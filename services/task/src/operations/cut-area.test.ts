import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { TooManyTasks } from "@tessera/geometry/validity/too-many-tasks.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import { shapingFailure } from "./cut-area.ts";

test.each([
  [{ zoom: 14 }, { zoom: "14" }, "choose a lower zoom"],
  [{ sizeMetres: 1 }, { size_metres: "1" }, "squares of 1 m: choose a larger size_metres"],
  [{ taskCount: 500 }, { task_count: "500" }, "choose a lower task_count"],
  [{ areas: [] }, {}, "give fewer areas"],
])("too many tasks for %j are refused in these words", (request, metadata, words) => {
  const refusal = shapingFailure(new TooManyTasks(10), request, 10) as Refusal;
  expect(refusal.reason.name).toBe("TOO_MANY_TASKS");
  expect(refusal.metadata).toEqual({ limit: "10", ...metadata });
  expect(refusal.message).toContain(words);
});

test("an area that cannot be cut with certainty is refused with the point", () => {
  const point = { longitude: 1, latitude: 2 };
  const refusal = shapingFailure(new GeometryFault("too-intricate", "", point), { zoom: 14 }, 10) as Refusal;
  expect(refusal.reason.name).toBe("AREA_TOO_INTRICATE");
  expect(refusal.metadata).toEqual({ zoom: "14", longitude: "1", latitude: "2" });
});

test.each([
  [{ zoom: 14 }, "at zoom 14 with certainty: choose another zoom"],
  [{ sizeMetres: 7 }, "into squares of 7 m with certainty: choose another size_metres"],
  [{ taskCount: 500 }, "into 500 tasks with certainty: choose another task_count"],
])("an area that is too intricate for %j is refused in these words", (request, words) => {
  expect((shapingFailure(new GeometryFault("too-intricate", ""), request, 10) as Refusal).message).toContain(
    words,
  );
});

test("cutting that takes too long decides nothing", () => {
  const timeout = new GeometryTimeout(5);
  expect(shapingFailure(timeout, { zoom: 14 }, 10)).toBe(timeout);
});
