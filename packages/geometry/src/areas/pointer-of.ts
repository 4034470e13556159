import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/**
 * Writes the JSON pointer of a position of a packed area, as if the area were a GeoJSON MultiPolygon:
 * "/coordinates/0/1/17". The lengths must agree with each other.
 *
 * @param position index of the position (not coordinate) in the whole area
 */
export function pointerOf(area: MultiPolygon, position: number): string {
  let ring = 0;
  let left = position;
  while (left >= (area.ringLengths[ring] as number)) {
    left -= area.ringLengths[ring] as number;
    ring++;
  }
  return `${ringPointerOf(area, ring)}/${left}`;
}

/** Writes the JSON pointer of a ring, counted over the whole area: "/coordinates/0/1". */
export function ringPointerOf(area: MultiPolygon, ring: number): string {
  let polygon = 0;
  let left = ring;
  while (left >= (area.polygonLengths[polygon] as number)) {
    left -= area.polygonLengths[polygon] as number;
    polygon++;
  }
  return `/coordinates/${polygon}/${left}`;
}

/** Finds the position that a pointer to it, or to its ring, stands for: the ring's first. */
export function positionAt({ ringLengths, polygonLengths }: MultiPolygon, pointer: string): number {
  const [, , polygon, inPolygon = 0, inRing = 0] = pointer.split("/").map(Number);
  const sum = (lengths: number[]) => lengths.reduce((total, each) => total + each, 0);
  const ring = sum(polygonLengths.slice(0, polygon)) + inPolygon;
  return sum(ringLengths.slice(0, ring)) + inRing;
}
