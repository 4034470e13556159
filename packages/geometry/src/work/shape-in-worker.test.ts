import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { describe, expect, test } from "vitest";
import { areaFromGeoJson } from "../areas/geo-json.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { cutIntoAbout } from "../grids/cut-into-about.ts";
import { cutIntoSquares } from "../grids/cut-into-squares.ts";
import { squareArea, tileArea } from "../grids/tile.ts";
import { splitTask } from "../splitting/split-task.ts";
import { CannotSplit } from "../validity/cannot-split.ts";
import { TaskAreaFault } from "../validity/task-area-fault.ts";
import { TooManyTasks } from "../validity/too-many-tasks.ts";
import { GeometryTimeout } from "./geometry-timeout.ts";
import { aboutInWorker, checkTaskAreasInWorker, splitInWorker, squaresInWorker } from "./shape-in-worker.ts";

const AT_LEISURE = { limitMs: 20_000 };

/** Areas that are worked on in place, and in a thread. */
const SIZES = [100, 20_000];

describe.each(SIZES)("an area of %d vertices", (vertices) => {
  const area = circle(vertices);

  test("is split as it would be in place, by tiles and by halves", async () => {
    const tile = { zoom: 9, x: 256, y: 256 };
    const square = { tile, area: tileArea(tile) };
    for (const task of [square, { area }]) {
      expect(await splitInWorker(task, area, AT_LEISURE)).toEqual(splitTask(task, area));
    }
    const deep = { zoom: 24, x: 2 ** 23, y: 2 ** 23 };
    const refusal = await splitInWorker({ tile: deep, area: tileArea(deep) }, area, AT_LEISURE).catch(caught);
    expect(refusal).toBeInstanceOf(CannotSplit);
    expect(refusal).toMatchObject({ name: "CannotSplit", obstacle: "too-deep" });
  });

  test("is cut into squares as it would be in place", async () => {
    expect(await squaresInWorker(area, 20_000, 1_000, AT_LEISURE)).toEqual(
      cutIntoSquares(area, 20_000, 1_000),
    );
    const refusal = await squaresInWorker(area, 20_000, 3, AT_LEISURE).catch(caught);
    expect(refusal).toEqual(new TooManyTasks(3));
    expect(refusal).toBeInstanceOf(TooManyTasks);
  });

  test("is cut into about as many tasks as in the calling thread", async () => {
    expect(await aboutInWorker(area, 3, 1_000, AT_LEISURE)).toEqual(cutIntoAbout(area, 3, 1_000));
    expect(await aboutInWorker(area, 300, 100, AT_LEISURE).catch(caught)).toBeInstanceOf(TooManyTasks);
  });

  test("holds the areas of tasks, or does not", async () => {
    const areas = cutIntoSquares(area, 40_000, 1_000).map((task) => task.area);
    await expect(checkTaskAreasInWorker(area, areas, 1_000, AT_LEISURE)).resolves.toBeUndefined();
    const twice = await checkTaskAreasInWorker(
      area,
      [...areas, areas[1] as MultiPolygon],
      1_000,
      AT_LEISURE,
    ).catch(caught);
    expect(twice).toBeInstanceOf(TaskAreaFault);
    expect(twice).toMatchObject({
      name: "TaskAreaFault",
      index: areas.length,
      rule: "overlaps",
      other: 1,
      point: { longitude: expect.any(Number), latitude: expect.any(Number) },
    });
    const nothing = { ...areas[0], ringLengths: [1, 2, 3] } as MultiPolygon;
    const invalid = await checkTaskAreasInWorker(area, [nothing, ...areas], 1_000, AT_LEISURE).catch(caught);
    expect(invalid).toMatchObject({ index: 0, invalid: { rule: "lengths-inconsistent" } });
    expect(await checkTaskAreasInWorker(area, areas, 2, AT_LEISURE).catch(caught)).toEqual(
      new TooManyTasks(2),
    );
  });

  test("that crosses itself is refused by all", async () => {
    const broken = circle(vertices);
    broken.coordinates.splice(20, 4, -0.5, 0.1, -0.5, 0);
    const refusals = await Promise.all([
      splitInWorker({ area: broken }, broken, AT_LEISURE).catch(caught),
      squaresInWorker(broken, 20_000, 1_000, AT_LEISURE).catch(caught),
      aboutInWorker(broken, 3, 1_000, AT_LEISURE).catch(caught),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(GeometryFault);
      expect(refusal).toMatchObject({ rule: "ring-crosses-itself" });
    }
  });
});

test("a thread ends at its time limit or by a signal, with the reason of that", async () => {
  const area = circle(20_000);
  const late = await squaresInWorker(area, 500, 100_000, { limitMs: 5 }).catch(caught);
  expect(late).toBeInstanceOf(GeometryTimeout);
  const caller = new AbortController();
  const ended = aboutInWorker(area, 50_000, 100_000, { ...AT_LEISURE, signal: caller.signal }).catch(caught);
  setTimeout(() => caller.abort("hung up"), 20);
  expect(await ended).toBe("hung up");
  const gone = { ...AT_LEISURE, signal: AbortSignal.abort("gone") };
  const small = squareArea(0, 0, 1, 1);
  await expect(splitInWorker({ area: small }, small, gone)).rejects.toBe("gone");
  await expect(squaresInWorker(small, 50_000, 100, gone)).rejects.toBe("gone");
  await expect(aboutInWorker(small, 5, 100, gone)).rejects.toBe("gone");
  await expect(checkTaskAreasInWorker(small, [small], 100, gone)).rejects.toBe("gone");
});

function caught(error: unknown): unknown {
  return error;
}

/** A circle of a degree around the point where the equator and the zero meridian cross. */
function circle(vertices: number): MultiPolygon {
  const ring = Array.from({ length: vertices }, (_, i) => {
    const angle = (2 * Math.PI * i) / vertices;
    return [Math.cos(angle), Math.sin(angle)];
  });
  return areaFromGeoJson({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
}
