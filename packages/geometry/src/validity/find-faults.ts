import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "../areas/geometry-fault.ts";
import { joinNeighbours } from "../areas/join-neighbours.ts";
import { pointerOf, positionAt } from "../areas/pointer-of.ts";
import { checkArea } from "./check-area.ts";
import { findCrossings } from "./find-crossings.ts";

/** How often an area is checked again without the polygons that overlap others. */
const MOST_SWEEPS = 20;

/** The rules of which one polygon may break many. */
const CROSSINGS = ["ring-crosses-itself", "rings-cross"];

/** An area that was read from somewhere, and what is wrong with it. */
export interface Examined {
  /** As it was, or with neighbours joined, if all is sound then. */
  area: MultiPolygon;
  faults: GeometryFault[];
}

/**
 * Finds what is wrong with an area by the rules of `checkArea`, up to `most` faults: of each polygon the first, all
 * crossings of its edges, and then what is wrong between polygons that are sound by themselves.
 */
export function findFaults(area: MultiPolygon, most: number): GeometryFault[] {
  return examine(area, most, (polygons) => polygons).faults;
}

/** Like `findFaults`, but polygons that have part of a border in common are joined: only those that overlap are wrong. */
export function joinAndFindFaults(area: MultiPolygon, most: number): Examined {
  return examine(area, most, joinNeighbours);
}

function examine(area: MultiPolygon, most: number, join: (polygons: MultiPolygon) => MultiPolygon): Examined {
  const first = faultOf(area);
  if (first === undefined) return { area, faults: [] };
  const faults: GeometryFault[] = [];
  const sound: number[] = [];
  const polygons = polygonsOf(area);
  for (const [index, polygon] of polygons.entries()) {
    const fault = faultOf(polygon);
    if (fault === undefined) {
      sound.push(index);
      continue;
    }
    const all = CROSSINGS.includes(fault.rule)
      ? withFirst(fault, findCrossings(polygon, most - faults.length))
      : [fault];
    faults.push(...all.map((it) => moved(it, [index])));
    if (faults.length >= most) return { area, faults: faults.slice(0, most) };
  }
  // What is wrong with the whole, such as that there is nothing, need not be wrong with a part.
  if (sound.length === 0) return { area, faults: faults.length === 0 ? [first] : faults };
  const apart = joined(sound.map((index) => polygons[index] as MultiPolygon));
  const whole = join(apart);
  const between = faultsBetween(whole, most - faults.length).map((fault) =>
    moved(whole === apart ? fault : beforeJoining(fault, whole, apart), sound),
  );
  const all = [...faults, ...between];
  return { area: all.length === 0 ? whole : area, faults: all };
}

/** What is wrong between polygons that are sound by themselves. */
function faultsBetween(area: MultiPolygon, most: number): GeometryFault[] {
  const faults: GeometryFault[] = [];
  const polygons = polygonsOf(area);
  const left = [...polygons.keys()];
  for (let sweeps = 0; sweeps < MOST_SWEEPS && faults.length < most && left.length > 0; sweeps++) {
    const fault = faultOf(joined(left.map((index) => polygons[index] as MultiPolygon)));
    if (fault === undefined) break;
    faults.push(moved(fault, left));
    left.splice(polygonIn(fault), 1);
  }
  return faults;
}

/** The fault of polygons that were joined: each was sound, so that they overlap. Joining makes no vertices. */
function beforeJoining(
  { path, point }: GeometryFault,
  whole: MultiPolygon,
  apart: MultiPolygon,
): GeometryFault {
  const at = 2 * positionAt(whole, path);
  const [longitude, latitude] = whole.coordinates.slice(at, at + 2);
  let position = 0;
  while (apart.coordinates[2 * position] !== longitude || apart.coordinates[2 * position + 1] !== latitude) {
    position += 1;
  }
  return new GeometryFault("polygons-overlap", pointerOf(apart, position), point);
}

function faultOf(area: MultiPolygon): GeometryFault | undefined {
  try {
    checkArea(area);
    return undefined;
  } catch (error) {
    if (error instanceof GeometryFault) return error;
    throw error;
  }
}

function withFirst(first: GeometryFault, others: GeometryFault[]): GeometryFault[] {
  const elsewhere = others.filter(
    ({ point }) => point?.longitude !== first.point?.longitude || point?.latitude !== first.point?.latitude,
  );
  return [first, ...elsewhere];
}

function polygonsOf({ coordinates, ringLengths, polygonLengths }: MultiPolygon): MultiPolygon[] {
  let ring = 0;
  let at = 0;
  return polygonLengths.map((length) => {
    const lengths = ringLengths.slice(ring, ring + length);
    const end = at + 2 * lengths.reduce((sum, it) => sum + it, 0);
    const polygon = create(MultiPolygonSchema, {
      coordinates: coordinates.slice(at, end),
      ringLengths: lengths,
      polygonLengths: [length],
    });
    ring += length;
    at = end;
    return polygon;
  });
}

function joined(polygons: MultiPolygon[]): MultiPolygon {
  return create(MultiPolygonSchema, {
    coordinates: polygons.flatMap((it) => it.coordinates),
    ringLengths: polygons.flatMap((it) => it.ringLengths),
    polygonLengths: polygons.flatMap((it) => it.polygonLengths),
  });
}

function polygonIn({ path }: GeometryFault): number {
  return Number(path.split("/")[2]);
}

/** The fault of a polygon of some of an area, as one of the area. */
function moved(fault: GeometryFault, polygons: readonly number[]): GeometryFault {
  const [root, name, polygon, ...rest] = fault.path.split("/");
  const path = [root, name, polygons[Number(polygon)] ?? polygon, ...rest].join("/");
  return new GeometryFault(fault.rule, path, fault.point);
}
