import proj4 from "proj4";
import { FileFault } from "./file-fault.ts";

/** Turns a position into longitude and latitude, in degrees. */
export type ToDegrees = (x: number, y: number) => [longitude: number, latitude: number];

/** A .prj file is a line of text. */
const PRJ_MAX_LENGTH = 10_000;
/** Datums of proj4 that turn into WGS 84 by three or seven numbers, or are the same. */
const CERTAIN_DATUMS = [1, 2, 4];
/** A datum and its ellipsoid. */
const DATUM = /DATUM\["([^"]*)",\s*(?:SPHEROID|ELLIPSOID)\["[^"]*",\s*([\d.]+),\s*([\d.]+)/i;
/** The ellipsoid of GRS 80 and WGS 84, whose flattenings differ by a tenth of a millimetre. */
const SAME_AXIS = 6_378_137;
const LEAST_FLATTENING = 298.2572;
const MOST_FLATTENING = 298.2573;
/** Datums on that ellipsoid that are not WGS 84 within two metres, or that nobody has stated. */
const OTHER_DATUM = /kuwait_utility|^(d_)?kudams|unknown|not_specified|unspecified|undefined/i;
/** The Belgian datum of 1972, whose rotations proj4 turns the wrong way; as PROJ publishes its shift. */
const BELGIAN_1972 =
  /DATUM\["(?:D_)?(?:Reseau_National_Belge_1972|Belge_1972)",\s*(SPHEROID\["[^"]*",[^\]]*\])(?![^[]*TOWGS84)/i;
const BELGIAN_SHIFT =
  'DATUM["Belge_1972_of_PROJ",$1,TOWGS84[-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747]';
/** Web mercator, as those write it who do not say so by its projection. */
const WEB_MERCATOR = /Pseudo-Mercator|AUTHORITY\["EPSG","(3857|900913)"\]\]$/;

/** What proj4 makes of a coordinate system, as far as it is asked. */
interface CoordinateSystem {
  projName?: string;
  datumCode?: string;
  datum?: { datum_type?: number };
  units?: string;
  from_greenwich?: number;
}

/**
 * Reads the coordinate system of a .prj file: undefined for longitude and latitude in WGS 84. What cannot be turned into
 * that with certainty is refused: a datum that is not known, or one that needs a grid of shifts.
 */
export function readProjection(wkt: string): ToDegrees | undefined {
  if (wkt.length > PRJ_MAX_LENGTH) throw new FileFault("crs-not-taken");
  const text = withKnownDatum(wkt.trim());
  try {
    const source = WEB_MERCATOR.test(text) ? "EPSG:3857" : text;
    const system = proj4.Proj(source) as unknown as CoordinateSystem;
    if (source === text && !isCertain(system)) throw new Error("unknown datum");
    if (isDegrees(system)) return undefined;
    const converter = proj4(source, "EPSG:4326");
    return (x, y) => converter.forward([x, y]) as [number, number];
  } catch {
    throw new FileFault("crs-not-taken");
  }
}

/** Names WGS 84 for a datum that equals it, by its ellipsoid, and states the shift of one that proj4 has wrong. */
function withKnownDatum(wkt: string): string {
  const [, name = "", axis, flattening] = DATUM.exec(wkt) ?? [];
  const same =
    Number(axis) === SAME_AXIS &&
    Number(flattening) > LEAST_FLATTENING &&
    Number(flattening) < MOST_FLATTENING;
  if (!same) return wkt.replace(BELGIAN_1972, BELGIAN_SHIFT);
  const shifted = /TOWGS84\[[^\]]*[1-9]/i.test(wkt);
  return shifted || OTHER_DATUM.test(name) ? wkt : wkt.replace(/DATUM\["[^"]*"/i, 'DATUM["D_WGS_1984"');
}

/** Whether the shift of a datum is known. Of one that is not known proj4 takes it that there is none. */
function isCertain({ datum, datumCode }: CoordinateSystem): boolean {
  return CERTAIN_DATUMS.includes(datum?.datum_type ?? 0) && datumCode !== undefined && datumCode !== "none";
}

function isDegrees({ projName, datumCode, units, from_greenwich }: CoordinateSystem): boolean {
  const inWgs84 = projName === "longlat" && datumCode === "wgs84";
  return inWgs84 && (units ?? "degree").startsWith("degree") && !from_greenwich;
}
