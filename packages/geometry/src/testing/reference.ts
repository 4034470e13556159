import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import SimplePointInAreaLocator from "jsts/org/locationtech/jts/algorithm/locate/SimplePointInAreaLocator.js";
import Coordinate from "jsts/org/locationtech/jts/geom/Coordinate.js";
import GeometryFactory from "jsts/org/locationtech/jts/geom/GeometryFactory.js";
import Location from "jsts/org/locationtech/jts/geom/Location.js";
import OverlayOp from "jsts/org/locationtech/jts/operation/overlay/OverlayOp.js";
import SnapIfNeededOverlayOp from "jsts/org/locationtech/jts/operation/overlay/snap/SnapIfNeededOverlayOp.js";
import UnaryUnionOp from "jsts/org/locationtech/jts/operation/union/UnaryUnionOp.js";
import IsValidOp from "jsts/org/locationtech/jts/operation/valid/IsValidOp.js";
import { areaToGeoJson } from "../areas/geo-json.ts";

/** What this test needs of a geometry of jsts, which has no types of its own that say more than "any". */
export interface Shape {
  getArea(): number;
  getNumGeometries(): number;
  isEmpty(): boolean;
  getEnvelopeInternal(): { getMinX(): number; getMinY(): number; getMaxX(): number; getMaxY(): number };
}

/** jsts gave no answer: its overlay is not robust, and says so. */
export class NoReference extends Error {
  override name = "NoReference";
}

export type Overlay = "intersection" | "union" | "difference" | "symDifference";

const OPERATIONS: Record<Overlay, number> = {
  intersection: OverlayOp.INTERSECTION,
  union: OverlayOp.UNION,
  difference: OverlayOp.DIFFERENCE,
  symDifference: OverlayOp.SYMDIFFERENCE,
};

const factory = new GeometryFactory();

/** An area as jsts knows it. */
export function shapeOf(area: MultiPolygon): Shape {
  return shapeOfPolygons(areaToGeoJson(area).coordinates);
}

/** The shape of an area on the plane on which areas are as large as on the sphere of radius 1 (Lambert's cylinder). */
export function equalAreaShapeOf(area: MultiPolygon, edgeDegrees: number): Shape {
  const place = ([x, y]: [number, number]): [number, number] => [
    x * (Math.PI / 180),
    Math.sin(y * (Math.PI / 180)),
  ];
  const curved = areaToGeoJson(area).coordinates.map((rings) =>
    rings.map((ring) => densified(ring, edgeDegrees).map(place)),
  );
  return shapeOfPolygons(curved);
}

/** A ring with vertices along its edges. Densifier of jsts repairs what rounding makes invalid: needles would vanish. */
function densified(ring: [number, number][], edgeDegrees: number): [number, number][] {
  return ring.flatMap(([x, y], i) => {
    const [toX, toY] = ring[i + 1] ?? [x, y];
    const parts = Math.max(1, Math.ceil(Math.hypot(toX - x, toY - y) / edgeDegrees));
    return Array.from({ length: parts }, (_, part): [number, number] => [
      x + ((toX - x) * part) / parts,
      y + ((toY - y) * part) / parts,
    ]);
  });
}

function shapeOfPolygons(polygons: [number, number][][][]): Shape {
  const ring = (positions: [number, number][]) =>
    factory.createLinearRing(positions.map(([x, y]) => new Coordinate(x, y)));
  return factory.createMultiPolygon(
    polygons.map(([outer = [], ...holes]) => factory.createPolygon(ring(outer), holes.map(ring))),
  ) as unknown as Shape;
}

export function isValid(shape: Shape): boolean {
  return new IsValidOp(shape).isValid();
}

/** @throws NoReference */
export function overlay(operation: Overlay, a: Shape, b: Shape): Shape {
  return answerOf(() => SnapIfNeededOverlayOp.overlayOp(a, b, OPERATIONS[operation]));
}

/** @throws NoReference */
export function unionOf(shapes: readonly Shape[]): Shape {
  return answerOf(() => UnaryUnionOp.union(factory.createGeometryCollection([...shapes])));
}

/** Whether a point lies inside of a shape (1), on its border (0), or outside (-1). */
export function locate(shape: Shape, x: number, y: number): -1 | 0 | 1 {
  const location = SimplePointInAreaLocator.locate(new Coordinate(x, y), shape);
  return location === Location.INTERIOR ? 1 : location === Location.BOUNDARY ? 0 : -1;
}

function answerOf(ask: () => Shape): Shape {
  try {
    return ask();
  } catch (error) {
    throw new NoReference(String(error), { cause: error });
  }
}
