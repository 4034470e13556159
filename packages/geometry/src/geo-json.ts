import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type AreaReading, arrayAt, readPolygon } from "./area-reading.ts";
import { GeometryFault } from "./geometry-fault.ts";

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
  const report = (fault: GeometryFault) => {
    throw fault;
  };
  collect({ area, report }, value, "", false);
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

/**
 * Reads a GeoJSON document as `areaFromGeoJson` does, into an area that is being read. What cannot be read is reported,
 * and the next part is read.
 */
export function readGeoJson(reading: AreaReading, value: unknown): void {
  collect(reading, value, "", false);
}

function collect(reading: AreaReading, value: unknown, path: string, inFeature: boolean): void {
  try {
    collectPart(reading, objectAt(value, path), path, inFeature);
  } catch (error) {
    if (!(error instanceof GeometryFault)) throw error;
    reading.report(error);
  }
}

function collectPart(
  reading: AreaReading,
  part: Record<string, unknown>,
  path: string,
  inFeature: boolean,
): void {
  refuseOtherSystems(part, path);
  if (part.type === "Polygon") {
    readPolygon(reading, part.coordinates, `${path}/coordinates`);
  } else if (part.type === "MultiPolygon") {
    for (const [i, polygon] of arrayAt(part.coordinates, `${path}/coordinates`).entries()) {
      readPolygon(reading, polygon, `${path}/coordinates/${i}`);
    }
  } else if (part.type === "Feature" && !inFeature) {
    const { geometry } = part;
    if (geometry === null || geometry === undefined) {
      throw new GeometryFault("geometry-missing", `${path}/geometry`);
    }
    collect(reading, geometry, `${path}/geometry`, true);
  } else if (part.type === "FeatureCollection" && path === "") {
    for (const [i, feature] of arrayAt(part.features, "/features").entries()) {
      const type = (feature as { type?: unknown } | null)?.type;
      const taken = typeof feature !== "object" || feature === null || type === "Feature";
      if (taken) collect(reading, feature, `/features/${i}`, false);
      else reading.report(new GeometryFault("type-not-taken", `/features/${i}/type`));
    }
  } else throw new GeometryFault("type-not-taken", `${path}/type`);
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
