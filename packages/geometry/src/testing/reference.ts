import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import SimplePointInAreaLocator from "jsts/org/locationtech/jts/algorithm/locate/SimplePointInAreaLocator.js";
import Densifier from "jsts/org/locationtech/jts/densify/Densifier.js";
import Coordinate from "jsts/org/locationtech/jts/geom/Coordinate.js";
import GeometryFactory from "jsts/org/locationtech/jts/geom/GeometryFactory.js";
import Location from "jsts/org/locationtech/jts/geom/Location.js";
import OverlayOp from "jsts/org/locationtech/jts/operation/overlay/OverlayOp.js";
import SnapIfNeededOverlayOp from "jsts/org/locationtech/jts/operation/overlay/snap/SnapIfNeededOverlayOp.js";
import UnaryUnionOp from "jsts/org/locationtech/jts/operation/union/UnaryUnionOp.js";
import IsValidOp from "jsts/org/locationtech/jts/operation/valid/IsValidOp.js";
import { areaToGeoJson } from "../areas/geo-json.ts";
import type { Box } from "../validity/clipped-edges.ts";

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
  const dense = Densifier.densify(shapeOf(area), edgeDegrees);
  for (const coordinate of dense.getCoordinates()) {
    coordinate.x *= Math.PI / 180;
    coordinate.y = Math.sin(coordinate.y * (Math.PI / 180));
  }
  dense.geometryChanged();
  return dense;
}

export function rectangleOf({ west, south, east, north }: Box): Shape {
  return shapeOfPolygons([[[[west, south], [east, south], [east, north], [west, north], [west, south]]]]); // biome-ignore format: corners
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
