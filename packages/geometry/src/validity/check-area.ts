import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault, type GeometryRule, type Point, rangeFault } from "../areas/geometry-fault.ts";
import { orientation, ringDirection } from "../areas/orientation.ts";
import { type Outline, outlineOf } from "../areas/outline.ts";
import { pointerOf, ringPointerOf } from "../areas/pointer-of.ts";
import { sweep } from "./plane-sweep.ts";

/**
 * Checks that a packed area, from whomever it came, is a valid OGC MultiPolygon in degrees with rings that run as
 * RFC 7946 asks. Never repairs. The work is at most n log n for n vertices, whatever the input: there is no area of a
 * permitted size that is too intricate to check.
 *
 * The verdict is that of GEOS `isValid` on the same rings, which has no rules of range, antimeridian and direction.
 *
 * @throws GeometryFault for the first rule broken, in the order of `GEOMETRY_RULES`
 */
export function checkArea(area: MultiPolygon): void {
  checkLengths(area);
  checkPositions(area);
  const outline = outlineOf(area);
  checkRings(outline);
  sweep(outline);
}

function checkLengths(area: MultiPolygon): void {
  const { coordinates, ringLengths, polygonLengths } = area;
  const rings = sum(polygonLengths);
  if (coordinates.length !== 2 * sum(ringLengths) || ringLengths.length !== rings) {
    throw new GeometryFault("lengths-inconsistent", "");
  }
  if (polygonLengths.length === 0) throw new GeometryFault("area-empty", "/coordinates");
  const polygon = polygonLengths.findIndex((length) => length < 1);
  if (polygon >= 0) throw new GeometryFault("polygon-empty", `/coordinates/${polygon}`);
  const ring = ringLengths.findIndex((length) => length < 4);
  if (ring >= 0) throw new GeometryFault("ring-too-short", ringPointerOf(area, ring));
}

/** Adds up lengths; NaN if one is not a length, which equals no sum. */
function sum(lengths: number[]): number {
  let total = 0;
  for (const length of lengths) total += Number.isInteger(length) && length >= 0 ? length : Number.NaN;
  return total;
}

function checkPositions(area: MultiPolygon): void {
  const { coordinates, ringLengths } = area;
  let at = 0;
  for (const length of ringLengths) {
    const first = at;
    const end = at + 2 * length;
    for (; at < end; at += 2) {
      const longitude = coordinates[at] as number;
      const latitude = coordinates[at + 1] as number;
      const rule = rangeFault(longitude, latitude);
      if (rule !== undefined) throw new GeometryFault(rule, pointerOf(area, at / 2));
      if (at > first && Math.abs(longitude - (coordinates[at - 2] as number)) > 180) {
        throw faultAt(area, "antimeridian-crossed", at / 2 - 1);
      }
    }
    if (coordinates[first] !== coordinates[end - 2] || coordinates[first + 1] !== coordinates[end - 1]) {
      throw faultAt(area, "ring-not-closed", end / 2 - 1);
    }
  }
}

function checkRings(outline: Outline): void {
  const { area, hole, firstOfRing } = outline;
  let first = 0;
  for (let ring = 0; ring < area.ringLengths.length; ring++) {
    const length = area.ringLengths[ring] as number;
    const vertices = (firstOfRing[ring + 1] as number) - (firstOfRing[ring] as number);
    const direction = vertices < 3 ? 0 : ringDirection(area.coordinates, first, length);
    if (direction === 0 && isFlat(outline, ring)) throw ringFault(area, "ring-without-area", ring, first);
    if (hole[ring] === 1 ? direction > 0 : direction < 0) {
      throw ringFault(area, "ring-direction", ring, first);
    }
    first += length;
  }
}

/** Returns whether all vertices of a ring lie on one line. */
function isFlat({ x, y, firstOfRing }: Outline, ring: number): boolean {
  const a = firstOfRing[ring] as number;
  const end = firstOfRing[ring + 1] as number;
  for (let v = a + 2; v < end; v++) {
    const side = orientation(
      x[a] as number,
      y[a] as number,
      x[a + 1] as number,
      y[a + 1] as number,
      x[v] as number,
      y[v] as number,
    );
    if (side !== 0) return false;
  }
  return true;
}

function faultAt(area: MultiPolygon, rule: GeometryRule, position: number): GeometryFault {
  return new GeometryFault(rule, pointerOf(area, position), pointOf(area, position));
}

function ringFault(area: MultiPolygon, rule: GeometryRule, ring: number, first: number): GeometryFault {
  return new GeometryFault(rule, ringPointerOf(area, ring), pointOf(area, first));
}

function pointOf(area: MultiPolygon, position: number): Point {
  return {
    longitude: area.coordinates[2 * position] as number,
    latitude: area.coordinates[2 * position + 1] as number,
  };
}
