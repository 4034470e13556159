import type { Area } from "./areas.ts";

const POINTS_MAX = 100_000;

/** The outline of a GeoJSON text as it is, right or wrong, so that its faults can be shown on it; undefined for no rings. */
export function outlineOf(text: string): Area | undefined {
  const rings = ringsIn(parsed(text)).filter((it) => it.length > 0);
  const count = rings.reduce((sum, it) => sum + it.length, 0);
  if (count === 0 || count > POINTS_MAX) return undefined;
  return { coordinates: rings.flat(2), ringLengths: rings.map((it) => it.length) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Shape {
  type?: string;
  coordinates?: unknown;
  geometry?: unknown;
  features?: unknown;
  geometries?: unknown;
}

function ringsIn(value: unknown): [number, number][][] {
  if (typeof value !== "object" || value === null) return [];
  const { type, coordinates, geometry, features, geometries } = value as Shape;
  if (type === "Feature") return ringsIn(geometry);
  if (Array.isArray(features)) return features.flatMap(ringsIn);
  if (Array.isArray(geometries)) return geometries.flatMap(ringsIn);
  if (!Array.isArray(coordinates)) return [];
  if (type === "Polygon") return coordinates.map(placesIn);
  return type === "MultiPolygon" ? coordinates.flat().map(placesIn) : [];
}

/** The places of a ring that are on the earth. */
function placesIn(ring: unknown): [number, number][] {
  if (!Array.isArray(ring)) return [];
  return ring.flatMap((it) => {
    if (!Array.isArray(it)) return [];
    const [east, north] = it as unknown[];
    if (typeof east !== "number" || typeof north !== "number") return [];
    return Math.abs(east) <= 180 && Math.abs(north) <= 90 ? [[east, north] as [number, number]] : [];
  });
}
