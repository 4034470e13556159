import { create } from "@bufbuild/protobuf";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { type AreaReading, arrayAt, readPolygon } from "./area-reading.ts";
import { GeometryFault } from "./geometry-fault.ts";
import { jsonKind } from "./json-kind.ts";

/** How WGS 84 is named in the `crs` member of older GeoJSON, in lower case: short names, URNs and URIs. */
const WGS84_NAME =
  /^(?:(?:urn:(?:x-)?ogc:def:crs:|https?:\/\/www\.opengis\.net\/def\/crs\/)?(?:ogc[:/]+(?:[\d.]+[:/])?crs84h?|epsg[:/]+(?:[\d.]+[:/])?(?:4326|4979))|crs:?84|wgs ?84|https?:\/\/www\.opengis\.net\/gml\/srs\/epsg\.xml#4326|https?:\/\/(?:www\.)?spatialreference\.org\/ref\/epsg\/4326\/?)$/;
/** The codes of EPSG for WGS 84, without and with heights. */
const WGS84_CODES = [4326, 4979];
/** How deep geometry collections may be nested. */
const MOST_NESTED = 10;

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
  collect({ area, report }, value, "", "document");
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
 * and the next part is read. `root` is a pointer to the document, where it is one of many.
 */
export function readGeoJson(reading: AreaReading, value: unknown, root = ""): void {
  collect(reading, value, root, "document");
}

/** Where a part stands, which decides what it may be: a FeatureCollection is a document, a Feature no geometry. */
type Level = "document" | "feature" | "geometry";

function collect(reading: AreaReading, value: unknown, path: string, level: Level, nested = 0): void {
  try {
    collectPart(reading, objectAt(value, path), path, level, nested);
  } catch (error) {
    if (!(error instanceof GeometryFault)) throw error;
    reading.report(error);
  }
}

function collectPart(
  reading: AreaReading,
  part: Record<string, unknown>,
  path: string,
  level: Level,
  nested: number,
): void {
  refuseOtherSystems(part, path);
  if (part.type === "Polygon") {
    readPolygon(reading, part.coordinates, `${path}/coordinates`);
  } else if (part.type === "MultiPolygon") {
    const polygons = arrayAt(part.coordinates, `${path}/coordinates`);
    if (polygons.length === 0) throw new GeometryFault("area-empty", `${path}/coordinates`);
    for (const [i, polygon] of polygons.entries()) {
      readPolygon(reading, polygon, `${path}/coordinates/${i}`);
    }
  } else if (part.type === "GeometryCollection") {
    if (nested === MOST_NESTED) throw new GeometryFault("nested-too-deep", path);
    const geometries = arrayAt(part.geometries, `${path}/geometries`);
    if (geometries.length === 0) throw new GeometryFault("area-empty", `${path}/geometries`);
    for (const [i, geometry] of geometries.entries()) {
      collect(reading, geometry, `${path}/geometries/${i}`, "geometry", nested + 1);
    }
  } else if (part.type === "Feature" && level !== "geometry") {
    const { geometry } = part;
    if (geometry === null || geometry === undefined) {
      throw new GeometryFault("geometry-missing", `${path}/geometry`);
    }
    collect(reading, geometry, `${path}/geometry`, "geometry");
  } else if (part.type === "FeatureCollection" && level === "document") {
    for (const [i, feature] of arrayAt(part.features, `${path}/features`).entries()) {
      const type = (feature as { type?: unknown } | null)?.type;
      const taken = typeof feature !== "object" || feature === null || type === "Feature";
      if (taken) collect(reading, feature, `${path}/features/${i}`, "feature");
      else reading.report(typeFault(type, `${path}/features/${i}`));
    }
  } else throw typeFault(part.type, path);
}

function typeFault(type: unknown, path: string): GeometryFault {
  const found = type === undefined ? "no type" : typeof type === "string" ? type : jsonKind(type);
  return new GeometryFault("type-not-taken", `${path}/type`, undefined, found);
}

function refuseOtherSystems(part: Record<string, unknown>, path: string): void {
  const crs = part.crs;
  // Null says that none is stated, which is WGS 84.
  if (crs === undefined || crs === null) return;
  const properties = (crs as { properties?: { name?: unknown; code?: unknown; href?: unknown } }).properties;
  const name = properties?.name ?? properties?.href;
  if (typeof name === "string" && WGS84_NAME.test(name.trim().toLowerCase())) return;
  const code = properties?.code;
  if (name === undefined && WGS84_CODES.includes(Number(code))) return;
  const found = name ?? code;
  throw new GeometryFault(
    "crs-not-wgs84",
    `${path}/crs`,
    undefined,
    typeof found === "string" || typeof found === "number" ? String(found) : "no name",
  );
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new GeometryFault("not-an-object", path, undefined, jsonKind(value));
  }
  return value as Record<string, unknown>;
}
