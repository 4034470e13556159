import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { expect, test } from "vitest";
import { keptOutlines } from "./kept-outlines.ts";
import type { MappedProject } from "./tile-store.ts";

/** A ring of this many positions takes 1 MiB. */
const POSITIONS = 128 * 1024;

function areaOf(positions: number) {
  return create(MultiPolygonSchema, {
    coordinates: new Array<number>(2 * positions).fill(1),
    ringLengths: [positions],
    polygonLengths: [1],
  });
}

async function readOf(positions: number, count: number): Promise<number[]> {
  const area = areaOf(positions);
  const outlines = async (ids: readonly number[]) =>
    ids.map((projectId) => ({ projectId, revision: 1n, area }));
  const projects = Array.from({ length: count }, (_, at) => ({ projectId: at + 1, revision: 1n }));
  const found = await keptOutlines({ outlines }).of(projects as MappedProject[]);
  return [...found.keys()].sort((one, other) => one - other);
}

test("where outlines are too large together, only those of the last projects are read", async () => {
  const large = await readOf(POSITIONS, 50);
  expect(large).toEqual(Array.from({ length: 20 }, (_, at) => at + 31));
  expect(await readOf(5, 50)).toHaveLength(50);
});
