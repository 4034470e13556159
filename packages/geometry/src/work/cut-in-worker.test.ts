import { expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { cutIntoGrid } from "../grids/grid.ts";
import { squareArea } from "../grids/tile.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { cutInWorker } from "./cut-in-worker.ts";
import { GeometryTimeout } from "./geometry-timeout.ts";

const AT_LEISURE = { limitMs: 20_000 };

/** Cut in place at zoom 8, in a thread at zoom 14. */
const trapezium = areaFromGeoJson({
  type: "Polygon",
  coordinates: [
    [
      [0.01, 0],
      [3, 0.02],
      [2.5, 3.1],
      [0.4, 3],
      [0.01, 0],
    ],
    [
      [1, 1],
      [1.5, 2.5],
      [2, 1],
      [1, 1],
    ],
  ],
});

test.each([8, 14])("at zoom %d a thread gives what cutting in place does", async (zoom) => {
  for (const edge of ["clipped", "whole"] as const) {
    const tasks = await cutInWorker(trapezium, zoom, edge, 100_000, AT_LEISURE);
    expect(tasks).toEqual(cutIntoGrid(trapezium, zoom, edge, 100_000));
  }
});

test("too many tasks are refused with their limit, in place and in a thread", async () => {
  for (const zoom of [8, 14]) {
    const refusal = await cutInWorker(trapezium, zoom, "whole", 3, AT_LEISURE).catch((error) => error);
    expect(refusal).toBeInstanceOf(TooManyTasks);
    expect(refusal).toMatchObject({ name: "TooManyTasks", limit: 3 });
  }
});

test("more areas than threads are cut one after the other", async () => {
  const areas = Array.from({ length: 5 }, (_, i) => squareArea(i, 0, i + 3, 3));
  const cut = await Promise.all(areas.map((area) => cutInWorker(area, 13, "whole", 100_000, AT_LEISURE)));
  for (const [i, tasks] of cut.entries()) {
    expect(tasks).toEqual(cutIntoGrid(areas[i] as (typeof areas)[0], 13, "whole", 100_000));
  }
});

test("the caller's event loop keeps running", async () => {
  let pulses = 0;
  const pulse = setInterval(() => {
    pulses += 1;
  }, 1);
  const tasks = await cutInWorker(squareArea(0, 0, 27, 26), 12, "whole", 100_000, AT_LEISURE);
  clearInterval(pulse);
  expect(tasks.length).toBeGreaterThan(90_000);
  // A loop that is blocked while the thread cuts has one at most.
  expect(pulses).toBeGreaterThan(5);
});

test("a thread ends at its time limit, waiting callers give up, and the next one runs", async () => {
  const area = squareArea(0, 0, 27, 26);
  const late = [1, 2, 3].map(() =>
    cutInWorker(area, 12, "whole", 100_000, { limitMs: 20 }).catch((error) => error),
  );
  for (const error of await Promise.all(late)) {
    expect(error).toBeInstanceOf(GeometryTimeout);
    expect(error).toMatchObject({ limitMs: 20 });
  }
  expect(await cutInWorker(squareArea(0, 0, 3, 3), 13, "whole", 100_000, AT_LEISURE)).not.toHaveLength(0);
});

test("a signal ends the work with its own reason, before, while waiting and meanwhile", async () => {
  const area = squareArea(0, 0, 27, 26);
  const gone = AbortSignal.abort("gone");
  await expect(cutInWorker(trapezium, 8, "whole", 9, { ...AT_LEISURE, signal: gone })).rejects.toBe("gone");
  const caller = new AbortController();
  const options = { ...AT_LEISURE, signal: caller.signal };
  const ended = [1, 2, 3].map(() => cutInWorker(area, 12, "whole", 100_000, options).catch((error) => error));
  setTimeout(() => caller.abort("hung up"), 20);
  expect(await Promise.all(ended)).toEqual(["hung up", "hung up", "hung up"]);
});
