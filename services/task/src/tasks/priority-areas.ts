import { fromBinary } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";
import { polygonsOf } from "@tessera/geometry/areas/polygons-of.ts";
import { outsideInWorker } from "@tessera/geometry/work/outside-in-worker.ts";
import type { WorkOptions } from "@tessera/geometry/work/run-in-worker.ts";

type Box = ReturnType<typeof boundingBoxOf>;

/**
 * For each of some grounds: the first priority area with which it shares ground, counted from 1; 0 for none. A priority area is
 * one polygon of `areas`, which is in binary, as it is stored; without any, all are 0. The time limit is for all together.
 *
 * @throws GeometryTimeout
 */
export async function firstPriorityAreas(
  areas: Uint8Array | null | undefined,
  grounds: readonly MultiPolygon[],
  options: WorkOptions,
): Promise<number[]> {
  const found = grounds.map(() => 0);
  if (!areas?.length) return found;
  const ends = performance.now() + options.limitMs;
  const boxes = grounds.map(boundingBoxOf);
  const near = placesNear(boxes);
  for (const [index, polygon] of polygonsOf(fromBinary(MultiPolygonSchema, areas)).entries()) {
    const box = boundingBoxOf(polygon);
    const places = near(box).filter((place) => found[place] === 0);
    if (places.length === 0) continue;
    const looked = places.map((place) => grounds[place] as MultiPolygon);
    const limitMs = Math.max(0, ends - performance.now());
    const beside = new Set(await outsideInWorker(polygon, looked, { ...options, limitMs }));
    for (const [at, place] of places.entries()) if (!beside.has(at)) found[place] = index + 1;
  }
  return found;
}

/** Finds which of some boxes meet another, by their places. They are sorted once: most are never looked at. */
function placesNear(boxes: readonly Box[]): (box: Box) => number[] {
  const order = boxes.map((box, place) => ({ box, place })).sort((a, b) => a.box.west - b.box.west);
  const widest = boxes.reduce((most, { west, east }) => Math.max(most, east - west), 0);
  return ({ west, south, east, north }) => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((order[middle]?.box.west ?? 0) < west - widest) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let at = low; at < order.length; at++) {
      const { box, place } = order[at] as (typeof order)[number];
      if (box.west >= east) break;
      if (box.east > west && box.south < north && box.north > south) found.push(place);
    }
    return found.sort((a, b) => a - b);
  };
}
