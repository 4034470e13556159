import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { GeometryFault } from "./geometry-fault.ts";
import { ringDirection } from "./orientation.ts";

/** The names under which WGS 84 with longitude first is written in the `crs` member of older GeoJSON. */
const WGS84_NAMES = new Set([
  "urn:ogc:def:crs:OGC:1.3:CRS84",
  "urn:ogc:def:crs:OGC::CRS84",
  "OGC:CRS84",
  "urn:ogc:def:crs:EPSG::4326",
  "EPSG:4326",
]);

/**
 * Reads a GeoJSON Polygon or MultiPolygon, or a Feature or FeatureCollection of either, into one packed area: all its
 * polygons in their order, without heights, outer rings turned counterclockwise and holes clockwise. Nothing else is
 * changed and nothing repaired: what is not such a document is refused with a pointer to the part. That the rings
 * make sense as an area is checked by `checkArea`.
 *
 * @throws GeometryFault
 */
export function areaFromGeoJson(value: unknown): MultiPolygon {
  const area = create(MultiPolygonSchema);
  collect(area, value, "", false);
  if (area.polygonLengths.length === 0) throw new GeometryFault("area-empty", "");
  return area;
}

/** A part of a GeoJSON document, and the JSON pointer to it. */
export interface GeoJsonPart {
  value: unknown;
  path: string;
}

/**
 * The members of a GeoJSON FeatureCollection or GeometryCollection, each to be read by `areaFromGeoJson`; undefined for
 * what is neither.
 *
 * @throws GeometryFault
 */
export function membersOfGeoJson(value: unknown): GeoJsonPart[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const document = value as Record<string, unknown>;
  const { type } = document;
  if (type !== "FeatureCollection" && type !== "GeometryCollection") return undefined;
  refuseOtherSystems(document, "");
  const features = type === "FeatureCollection";
  const name = features ? "features" : "geometries";
  return arrayAt(document[name], `/${name}`).map((member, i) => {
    const path = `/${name}/${i}`;
    const memberType = objectAt(member, path).type;
    const taken = features
      ? memberType === "Feature"
      : memberType === "Polygon" || memberType === "MultiPolygon";
    if (!taken) throw new GeometryFault("type-not-taken", `${path}/type`);
    return { value: member, path };
  });
}

/** Writes an area as a GeoJSON geometry object. */
export function areaToGeoJson(area: MultiPolygon): {
  type: "MultiPolygon";
  coordinates: [number, number][][][];
} {
  const { coordinates, ringLengths, polygonLengths } = area;
  let at = 0;
  let ring = 0;
  const polygons: [number, number][][][] = [];
  for (const rings of polygonLengths) {
    const polygon: [number, number][][] = [];
    for (const end = ring + rings; ring < end; ring++) {
      const positions: [number, number][] = [];
      for (const stop = at + 2 * (ringLengths[ring] as number); at < stop; at += 2) {
        positions.push([coordinates[at] as number, coordinates[at + 1] as number]);
      }
      polygon.push(positions);
    }
    polygons.push(polygon);
  }
  return { type: "MultiPolygon", coordinates: polygons };
}

/** Writes an area as GeoJSON text: what `JSON.stringify(areaToGeoJson(area))` gives, in less time. */
export function areaToGeoJsonText(area: MultiPolygon): string {
  const { coordinates, ringLengths, polygonLengths } = area;
  let text = '{"type":"MultiPolygon","coordinates":[';
  let at = 0;
  let ring = 0;
  for (let polygon = 0; polygon < polygonLengths.length; polygon++) {
    text += polygon === 0 ? "[" : ",[";
    const end = ring + (polygonLengths[polygon] as number);
    for (let open = "[["; ring < end; ring++, open = ",[[") {
      text += open;
      const stop = at + 2 * (ringLengths[ring] as number);
      text += `${coordinates[at]},${coordinates[at + 1]}`;
      for (at += 2; at < stop; at += 2) text += `],[${coordinates[at]},${coordinates[at + 1]}`;
      text += "]]";
    }
    text += "]";
  }
  return `${text}]}`;
}

function collect(area: MultiPolygon, value: unknown, path: string, inFeature: boolean): void {
  const part = objectAt(value, path);
  refuseOtherSystems(part, path);
  if (part.type === "Polygon") {
    collectPolygon(area, part.coordinates, `${path}/coordinates`);
  } else if (part.type === "MultiPolygon") {
    for (const [i, polygon] of arrayAt(part.coordinates, `${path}/coordinates`).entries()) {
      collectPolygon(area, polygon, `${path}/coordinates/${i}`);
    }
  } else if (part.type === "Feature" && !inFeature) {
    const { geometry } = part;
    if (geometry === null || geometry === undefined) {
      throw new GeometryFault("geometry-missing", `${path}/geometry`);
    }
    collect(area, geometry, `${path}/geometry`, true);
  } else if (part.type === "FeatureCollection" && path === "") {
    for (const [i, feature] of arrayAt(part.features, "/features").entries()) {
      if (objectAt(feature, `/features/${i}`).type !== "Feature") {
        throw new GeometryFault("type-not-taken", `/features/${i}/type`);
      }
      collect(area, feature, `/features/${i}`, false);
    }
  } else throw new GeometryFault("type-not-taken", `${path}/type`);
}

function collectPolygon(area: MultiPolygon, rings: unknown, path: string): void {
  const list = arrayAt(rings, path);
  if (list.length === 0) throw new GeometryFault("polygon-empty", path);
  for (let i = 0; i < list.length; i++) collectRing(area, arrayAt(list[i], `${path}/${i}`), i, path);
  area.polygonLengths.push(list.length);
}

function collectRing(area: MultiPolygon, ring: unknown[], index: number, polygonPath: string): void {
  const { coordinates } = area;
  const length = ring.length;
  if (length < 4) throw new GeometryFault("ring-too-short", `${polygonPath}/${index}`);
  const first = coordinates.length;
  for (let i = 0; i < length; i++) {
    const position = ring[i];
    if (!Array.isArray(position) || position.length < 2) {
      throw new GeometryFault("position-malformed", `${polygonPath}/${index}/${i}`);
    }
    const longitude: unknown = position[0];
    const latitude: unknown = position[1];
    if (
      typeof longitude !== "number" ||
      typeof latitude !== "number" ||
      (position.length > 2 && !position.every((each) => typeof each === "number"))
    ) {
      throw new GeometryFault("position-malformed", `${polygonPath}/${index}/${i}`);
    }
    if (!(longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90)) {
      const finite = Number.isFinite(longitude) && Number.isFinite(latitude);
      const rule = finite ? "position-out-of-range" : "position-not-finite";
      throw new GeometryFault(rule, `${polygonPath}/${index}/${i}`);
    }
    coordinates.push(longitude, latitude);
  }
  const last = coordinates.length - 2;
  if (coordinates[first] !== coordinates[last] || coordinates[first + 1] !== coordinates[last + 1]) {
    const place = { longitude: coordinates[last] as number, latitude: coordinates[last + 1] as number };
    throw new GeometryFault("ring-not-closed", `${polygonPath}/${index}/${length - 1}`, place);
  }
  const direction = ringDirection(coordinates, first / 2, length);
  if (index === 0 ? direction < 0 : direction > 0) reverse(coordinates, first, last);
  area.ringLengths.push(length);
}

/** Turns the positions from index `from` to index `to` of `coordinates` around, in place. */
function reverse(coordinates: number[], from: number, to: number): void {
  for (let low = from, high = to; low < high; low += 2, high -= 2) {
    const longitude = coordinates[low] as number;
    const latitude = coordinates[low + 1] as number;
    coordinates[low] = coordinates[high] as number;
    coordinates[low + 1] = coordinates[high + 1] as number;
    coordinates[high] = longitude;
    coordinates[high + 1] = latitude;
  }
}

function refuseOtherSystems(part: Record<string, unknown>, path: string): void {
  const crs = part.crs;
  if (crs === undefined) return;
  const name = (crs as { properties?: { name?: unknown } } | null)?.properties?.name;
  if (typeof name !== "string" || !WGS84_NAMES.has(name)) {
    throw new GeometryFault("crs-not-wgs84", `${path}/crs`);
  }
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new GeometryFault("not-an-object", path);
  }
  return value as Record<string, unknown>;
}

function arrayAt(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new GeometryFault("coordinates-malformed", path);
  return value;
}
