/**
 * All rules that an area can break, each with its sentence. They are looked for in this order: the first group while
 * GeoJSON is read, the second position by position, the third ring by ring, the fourth all at once from west to east
 * (the westernmost breach is the one reported), and the last while an area is cut.
 */
export const GEOMETRY_RULES = {
  "not-an-object": "This must be a GeoJSON object.",
  "type-not-taken": "Only polygons are taken, and collections of polygons.",
  "crs-not-wgs84": "Coordinates must be in WGS 84 (CRS84, EPSG:4326).",
  "nested-too-deep": "Collections of geometries must not be nested deeper than ten.",
  "geometry-missing": "A feature must have a geometry.",
  "coordinates-malformed":
    "This must be an array; coordinates are nested as deep as the type of their geometry asks.",
  "position-malformed":
    "A position must have two numbers, the longitude and the latitude; a height may follow.",

  "lengths-inconsistent": "Coordinates, ring lengths and polygon lengths must agree with each other.",
  "area-empty": "An area must have at least one polygon.",
  "polygon-empty": "A polygon must have at least one ring.",
  "ring-too-short": "A ring must have at least four positions.",
  "position-not-finite": "A longitude and a latitude must be finite numbers.",
  "position-out-of-range": "A longitude must lie in [-180, 180], a latitude in [-90, 90].",
  "position-in-metres":
    "These are no degrees: they look like the metres of a map projection such as EPSG:3857 or UTM. Send longitude and " +
    "latitude in WGS 84 (EPSG:4326).",
  "ring-not-closed": "The last position of a ring must repeat its first.",
  "antimeridian-crossed":
    "An edge spans more than 180 degrees of longitude. An area that crosses the antimeridian must be split there " +
    "into polygons on either side, as RFC 7946 section 3.1.9 says.",

  "ring-without-area": "A ring must enclose an area.",
  "ring-direction": "An outer ring must run counterclockwise, a hole clockwise.",

  "ring-crosses-itself": "A ring must not cross itself or run along itself.",
  "ring-touches-itself": "A ring must not touch itself.",
  "rings-cross": "The rings of a polygon must not cross each other or run along each other.",
  "hole-outside": "A hole must lie inside the outer ring of its polygon.",
  "holes-nested": "A hole must not lie inside another hole.",
  "polygons-overlap": "The polygons of an area must not overlap or share an edge; they may touch in points.",
  "interior-disconnected": "The holes of a polygon must not cut its interior into parts.",

  "too-intricate": "The area is too intricate to be cut into tasks of this size.",
} as const;

/** How much of a found text is reported. */
const FOUND_MAX_LENGTH = 60;

/** A coordinate between these is likelier one of a projection than a slip in one of degrees. */
const LEAST_METRES = 1_000;
const MOST_METRES = 20_100_000;

/** The stable id of a rule. */
export type GeometryRule = keyof typeof GEOMETRY_RULES;

/** A point, in degrees. */
export interface Point {
  longitude: number;
  latitude: number;
}

/**
 * An area breaks a rule. `path` is a JSON pointer to the part that does: of the document that was read, or, of a packed
 * area, of the GeoJSON MultiPolygon that it stands for. `point` is where on the map, if it is one point.
 */
export class GeometryFault extends Error {
  override readonly name = "GeometryFault";
  readonly rule: GeometryRule;
  readonly path: string;
  readonly point?: Point;

  /** `found` is what stands there instead, for the sentence. */
  constructor(rule: GeometryRule, path: string, point?: Point, found?: string) {
    super(withFound(GEOMETRY_RULES[rule], found));
    this.rule = rule;
    this.path = path;
    if (point) this.point = point;
  }
}

/** A sentence about a rule, and what was found instead. */
export function withFound(sentence: string, found: string | undefined): string {
  return found === undefined ? sentence : `${sentence} Found: ${found.slice(0, FOUND_MAX_LENGTH)}.`;
}

/** The rule that a position breaks; undefined for one that is somewhere on Earth. */
export function rangeFault(longitude: number, latitude: number): GeometryRule | undefined {
  if (longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90) return undefined;
  const furthest = Math.max(Math.abs(longitude), Math.abs(latitude));
  if (!Number.isFinite(furthest)) return "position-not-finite";
  return furthest > LEAST_METRES && furthest < MOST_METRES ? "position-in-metres" : "position-out-of-range";
}
