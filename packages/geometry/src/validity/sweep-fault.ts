import { GeometryFault, type GeometryRule, type Point } from "../areas/geometry-fault.ts";
import type { Outline } from "../areas/outline.ts";
import { pointerOf } from "../areas/pointer-of.ts";

/** The fault of a vertex. */
export function faultAt(outline: Outline, rule: GeometryRule, vertex: number): GeometryFault {
  return new GeometryFault(
    rule,
    pointerOf(outline.area, outline.position[vertex] as number),
    pointOf(outline, vertex),
  );
}

/** The fault of two edges that cross, or that run along each other: at a vertex, or else where they meet. */
export function crossingFault(outline: Outline, a: number, b: number, at?: number): GeometryFault {
  return new GeometryFault(
    conflictOf(outline, outline.ring[a] as number, outline.ring[b] as number),
    pointerOf(outline.area, outline.position[a] as number),
    at === undefined ? meetingPoint(outline, a, b) : pointOf(outline, at),
  );
}

/**
 * The fault of two edges, neighbours at a vertex, that disagree on what lies between them. A ring that begins at the
 * vertex lies where it may not; rings that have begun before (`seen`) cross there.
 */
export function misplacedFault(
  outline: Outline,
  seen: Uint8Array,
  a: number,
  b: number,
  at: number,
): GeometryFault {
  const { hole, polygonOfRing } = outline;
  const rings = [outline.ring[a] as number, outline.ring[b] as number] as const;
  const newcomer = rings.find((ring) => seen[ring] === 0 && hole[ring] === 1);
  if (newcomer === undefined) {
    const vertex = outline.ring[at] === rings[0] || outline.ring[at] === rings[1] ? at : a;
    return faultAt(outline, conflictOf(outline, ...rings), vertex);
  }
  const other = rings[0] === newcomer ? rings[1] : rings[0];
  const siblings =
    other !== newcomer && hole[other] === 1 && polygonOfRing[other] === polygonOfRing[newcomer];
  const edge = rings[0] === newcomer ? a : b;
  const path = pointerOf(outline.area, outline.position[edge] as number);
  return new GeometryFault(siblings ? "holes-nested" : "hole-outside", path, pointOf(outline, at));
}

function conflictOf({ polygonOfRing }: Outline, ringA: number, ringB: number): GeometryRule {
  if (ringA === ringB) return "ring-crosses-itself";
  return polygonOfRing[ringA] === polygonOfRing[ringB] ? "rings-cross" : "polygons-overlap";
}

function pointOf({ x, y }: Outline, vertex: number): Point {
  return { longitude: x[vertex] as number, latitude: y[vertex] as number };
}

/** Where two edges that cross do so, but for rounding. */
function meetingPoint(outline: Outline, a: number, b: number): Point {
  const from = pointOf(outline, a);
  const to = pointOf(outline, outline.next[a] as number);
  const other = pointOf(outline, b);
  const otherTo = pointOf(outline, outline.next[b] as number);
  const dx = to.longitude - from.longitude;
  const dy = to.latitude - from.latitude;
  const ex = otherTo.longitude - other.longitude;
  const ey = otherTo.latitude - other.latitude;
  const part =
    ((other.longitude - from.longitude) * ey - (other.latitude - from.latitude) * ex) / (dx * ey - dy * ex);
  return { longitude: from.longitude + part * dx, latitude: from.latitude + part * dy };
}
