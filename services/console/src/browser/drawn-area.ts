import type { Feature, FeatureCollection, Geometry, MultiPolygon } from "geojson";

/** East and north, in degrees. */
export type Position = number[];
/** The rings of a polygon, not closed: the first is drawn here, holes are kept as they came. */
type Polygon = Position[][];

const CORNERS_MIN = 3;
/** About 10 cm on the ground. */
const DECIMALS = 1e6;

/** What is drawn of an area, and how it changes. It knows no map. */
export class DrawnArea {
  polygons: Polygon[];
  /** The first corner of a rectangle that is begun. */
  begun: Position | undefined;
  isRectangle = false;

  constructor(text: string) {
    this.polygons = polygonsIn(text);
  }

  /** The ring that corners are added to. */
  get ring(): Position[] {
    return this.polygons.at(-1)?.[0] ?? [];
  }

  /** Adds a corner; two corners are a rectangle where one is drawn. */
  add(position: Position): void {
    const corner = position.map((it) => Math.round(it * DECIMALS) / DECIMALS);
    if (!this.isRectangle) {
      if (this.polygons.length === 0) this.polygons.push([[]]);
      this.ring.push(corner);
      return;
    }
    if (this.begun === undefined) {
      this.begun = corner;
      return;
    }
    const [[west = 0, south = 0], [east = 0, north = 0]] = [this.begun, corner];
    if (west === east || south === north) return;
    const ring = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
    ];
    if (this.ring.length < CORNERS_MIN) this.polygons.pop();
    this.polygons.push([ring]);
    this.begun = undefined;
    this.isRectangle = false;
  }

  /** Takes the last corner back. */
  undo(): void {
    if (this.begun !== undefined) {
      this.begun = undefined;
      return;
    }
    this.ring.pop();
    if (this.ring.length === 0) this.polygons.pop();
  }

  /** The next corner begins another area. */
  another(): void {
    if (this.ring.length >= CORNERS_MIN) this.polygons.push([[]]);
  }

  clear(): void {
    this.polygons = [];
    this.begun = undefined;
  }

  /** Begins a rectangle, or leaves it. */
  rectangle(): void {
    this.isRectangle = !this.isRectangle;
    this.begun = undefined;
  }

  /** The key of the words that say what to do next. */
  get next(): "drawFirst" | "drawSecond" | "drawMore" | "drawDone" {
    if (this.isRectangle) return this.begun === undefined ? "drawFirst" : "drawSecond";
    return this.ring.length < CORNERS_MIN ? "drawMore" : "drawDone";
  }

  /** The area as a form sends it; "" for none. */
  get text(): string {
    const whole = this.polygons.filter(([ring = []]) => ring.length >= CORNERS_MIN);
    if (whole.length === 0) return "";
    const area: MultiPolygon = { type: "MultiPolygon", coordinates: whole.map((rings) => rings.map(closed)) };
    return JSON.stringify(area);
  }

  /** What a map shows: areas, and the lines of those that are begun. */
  get shown(): FeatureCollection {
    const features = this.polygons.map(([ring = [], ...holes]): Feature => {
      const geometry: Geometry =
        ring.length < CORNERS_MIN
          ? { type: "LineString", coordinates: ring }
          : { type: "Polygon", coordinates: [ring, ...holes].map(closed) };
      return { type: "Feature", properties: {}, geometry };
    });
    return { type: "FeatureCollection", features };
  }
}

/** Reads a place that somebody typed, latitude first as on maps: "14.2, -90.9" or "14,2 -90,9"; undefined for anything else. */
export function placeIn(text: string): Position | undefined {
  const parts = text.trim().split(/;\s*|,\s+|\s+/);
  const numbers = (parts.length === 2 ? parts : text.split(",")).map((it) => it.trim().replace(",", "."));
  const [latitude, longitude] = numbers.map((it) => (it === "" ? Number.NaN : Number(it)));
  if (numbers.length !== 2 || latitude === undefined || longitude === undefined) return undefined;
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return undefined;
  return [longitude, latitude];
}

function closed(ring: readonly Position[]): Position[] {
  return [...ring, ring[0] ?? []];
}

/** Reads the areas that stand in the field already; none where it has no GeoJSON. */
function polygonsIn(text: string): Polygon[] {
  try {
    const value = JSON.parse(text) as Geometry | Feature | FeatureCollection;
    const geometries =
      value.type === "FeatureCollection"
        ? value.features.map((it) => it.geometry)
        : [value.type === "Feature" ? value.geometry : value];
    return geometries
      .flatMap((it) =>
        it.type === "MultiPolygon" ? it.coordinates : it.type === "Polygon" ? [it.coordinates] : [],
      )
      .map((rings) => rings.map((ring) => ring.slice(0, -1)));
  } catch {
    return [];
  }
}
