import { readPolygon } from "@tessera/geometry/areas/area-reading.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { FileFault } from "./file-fault.ts";
import type { FileReading } from "./file-reading.ts";
import { numberIn, type XmlElement, type XmlReader } from "./xml.ts";

/** The geometries of KML that are no polygons. */
const OTHERS = new Set(["Point", "LineString", "LinearRing", "Model", "Track", "MultiTrack"]);
/** What has a place but no polygon. */
const NO_GEOMETRIES = new Set(["GroundOverlay", "PhotoOverlay", "ScreenOverlay"]);
/** What must have a geometry in it. */
const HOLDERS = new Set(["Placemark", "MultiGeometry"]);

interface Ring {
  positions: number[][];
  path: string;
}

/** A polygon that is open. */
interface Polygon {
  path: string;
  outer: Ring[];
  inner: Ring[];
  boundary: "outer" | "inner";
}

/**
 * Reads the polygons of a KML document. `follow` is asked whether a document that this one links to is read as well; a
 * link to any other is a fault.
 */
export function kmlReader(reading: FileReading, follow: (href: string) => boolean = () => false): XmlReader {
  const polygons = polygonReader(reading);
  let href: string | undefined;
  let links = 0;
  return {
    open(element: XmlElement) {
      if (element.name === "NetworkLink") links += 1;
      if (links > 0 && element.name === "href") href = "";
      if (links > 0) return;
      polygons.open?.(element);
    },
    text(text) {
      if (links > 0 && href !== undefined) href += text;
      else polygons.text?.(text);
    },
    close(element: XmlElement) {
      if (links === 0) return polygons.close?.(element);
      if (element.name !== "NetworkLink") return;
      links -= 1;
      const target = href?.trim() ?? "";
      href = undefined;
      if (follow(target)) return;
      const found = target === "" ? "NetworkLink" : `NetworkLink to ${target}`;
      reading.report(new GeometryFault("type-not-taken", element.path(), undefined, found));
    },
  };
}

function polygonReader(reading: FileReading): XmlReader {
  let polygon: Polygon | undefined;
  let coordinates: string[] | undefined;
  let geometries = 0;
  const before: number[] = [];
  return {
    open({ name, path }: XmlElement) {
      if (HOLDERS.has(name)) before.push(geometries);
      if (OTHERS.has(name) || name === "Polygon") geometries += 1;
      if (name === "Polygon") polygon = { path: path(), outer: [], inner: [], boundary: "outer" };
      else if (polygon === undefined) {
        if (OTHERS.has(name) || NO_GEOMETRIES.has(name)) {
          reading.report(new GeometryFault("type-not-taken", path(), undefined, name));
        }
      } else if (name === "outerBoundaryIs") polygon.boundary = "outer";
      else if (name === "innerBoundaryIs") polygon.boundary = "inner";
      else if (name === "coordinates") coordinates = [];
    },
    text: (text) => void coordinates?.push(text),
    close({ name, path }: XmlElement) {
      if (HOLDERS.has(name) && before.pop() === geometries) {
        geometries += 1;
        reading.report(new GeometryFault("geometry-missing", path()));
      }
      if (polygon === undefined) return;
      if (name === "coordinates" && coordinates !== undefined) {
        polygon[polygon.boundary].push({
          positions: positionsOf(reading, coordinates.join("")),
          path: path(),
        });
        coordinates = undefined;
      } else if (name === "Polygon") {
        finish(reading, polygon);
        polygon = undefined;
      }
    },
  };
}

function finish(reading: FileReading, { path, outer, inner }: Polygon): void {
  if (outer.length !== 1) {
    const several = () => new FileFault("boundary-not-one", path, `${outer.length}`);
    reading.report(outer.length === 0 ? new GeometryFault("polygon-empty", path) : several());
    return;
  }
  const rings = [...outer, ...inner];
  const pathOf = (ring: number) => rings[ring]?.path ?? path;
  readPolygon(
    reading,
    rings.map((it) => it.positions),
    path,
    pathOf,
  );
}

/** Positions are set apart by white space, their numbers by commas. One that cannot be read is empty. */
function positionsOf(reading: FileReading, text: string): number[][] {
  const positions: number[][] = [];
  for (const [tuple] of text.matchAll(/\S+/g)) {
    reading.countPositions(1);
    const numbers = tuple.split(",", 4).map(numberIn);
    const readable = numbers.length <= 3 && numbers.every((it) => it !== undefined);
    positions.push(readable ? (numbers as number[]) : []);
  }
  return positions;
}
