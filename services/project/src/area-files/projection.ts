import proj4 from "proj4";
import { DATUM, type DatumShift, ELSEWHERE, plainName, SHIFTS } from "./datum-shifts.ts";
import { FileFault } from "./file-fault.ts";

/** Turns a position into longitude and latitude, in degrees. */
export type ToDegrees = (x: number, y: number) => [longitude: number, latitude: number];

/** A .prj file is a line of text. */
const PRJ_MAX_LENGTH = 10_000;
/** How far from where a shift holds it is still used, in degrees: some kilometres over a border. */
const MARGIN_DEGREES = 0.1;
/** How far two values for the axis of one ellipsoid may lie apart, in metres. */
const AXIS_METRES = 0.1;
/** What a coordinate system is called. */
const NAME = /^\w+\["([^"]*)"/;
/** The ellipsoid of GRS 80 and WGS 84, whose flattenings differ by a tenth of a millimetre. */
const SAME_AXIS = 6_378_137;
const LEAST_FLATTENING = 298.2572;
const MOST_FLATTENING = 298.2573;
/** A Mercator projection that is true to scale at a latitude, which proj4 wants in radians under a name of its own. */
const MERCATOR = /PROJECTION\["Mercator(?:_2SP)?"/i;
const STANDARD_PARALLEL = /PARAMETER\["Standard_Parallel_1",\s*([-+.\de]+)/i;
/** proj4 knows which pole is meant by the parallel, under the name of the southern one only. */
const NORTH_POLE = /PROJECTION\["Stereographic_North_Pole"/i;
/** The unit of the angles of WKT 1, in radians. */
const ANGLE = /^(?:GEOGCS|PROJCS)\[.*?\bUNIT\["[^"]*",\s*([\d.]+)/is;
/** Krovak's projection in its usual sense, to the east and the north; proj4 takes the other for it. */
const KROVAK = /PROJECTION\["Krovak"/i;
const EAST_AND_NORTH = /PARAMETER\["X_Scale",\s*-1|AXIS\["[^"]*",\s*EAST/i;
/** Web mercator, as those write it who do not say so by its projection. */
const WEB_MERCATOR = /Pseudo-Mercator|AUTHORITY\["EPSG","(3857|900913)"\]\]$/;

/** A coordinate system as proj4 reads it, as far as it is needed. */
interface CoordinateSystem {
  projName?: string;
  datumCode?: string;
  units?: string;
  from_greenwich?: number;
}

/**
 * Reads the coordinate system of a .prj file: undefined for longitude and latitude in WGS 84. What cannot be turned into
 * that with certainty is refused: a datum whose shift is not known, or one that needs a grid of shifts.
 */
export function readProjection(wkt: string): ToDegrees | undefined {
  const name = NAME.exec(wkt.trim())?.[1] ?? "no coordinate system";
  if (wkt.length > PRJ_MAX_LENGTH) throw new FileFault("crs-not-taken", "", name);
  const shift = shiftOf(wkt);
  const text = withKnownProjection(withKnownDatum(wkt.trim(), shift));
  try {
    const source = WEB_MERCATOR.test(text) ? "EPSG:3857" : text;
    const system = proj4.Proj(source) as unknown as CoordinateSystem;
    if (source === text && !isCertain(text, system)) throw new Error("unknown datum");
    if (isDegrees(system)) return undefined;
    if (!isInDegrees(text)) throw new Error("not in degrees");
    if (KROVAK.test(text) && !EAST_AND_NORTH.test(text)) throw new Error("to the south and the west");
    const converter = proj4(source, "EPSG:4326");
    return (x, y) => {
      const [longitude, latitude] = converter.forward([x, y]) as [number, number];
      if (!Number.isFinite(longitude + latitude)) throw new FileFault("crs-not-taken", "", name);
      if (shift && !holdsAt(shift, longitude, latitude)) {
        const position = `${longitude.toFixed(2)}, ${latitude.toFixed(2)}`;
        throw new FileFault("crs-not-taken", "", `${name} at ${position}, outside of its country`);
      }
      return [longitude, latitude];
    };
  } catch {
    throw new FileFault("crs-not-taken", "", name);
  }
}

/** The shift that the datum of a coordinate system needs, unless it states one itself. */
function shiftOf(wkt: string): DatumShift | undefined {
  if (/TOWGS84\[/i.test(wkt)) return undefined;
  const [, name = "", , stated] = DATUM.exec(wkt) ?? [];
  return SHIFTS.find(
    ({ names, axis }) => names.includes(plainName(name)) && Math.abs(axis - Number(stated)) < AXIS_METRES,
  );
}

/** Whether a point lies where a shift holds, or just beside. */
function holdsAt(
  { area: [west, south, east, north] }: DatumShift,
  longitude: number,
  latitude: number,
): boolean {
  const beside = Math.max(west - longitude, longitude - east, south - latitude, latitude - north);
  return beside <= MARGIN_DEGREES;
}

/** States the shift of a datum, and names WGS 84 for one that equals it, by its ellipsoid. */
function withKnownDatum(wkt: string, shift: DatumShift | undefined): string {
  const [datum = "", name = "", ellipsoid, axis, flattening] = DATUM.exec(wkt) ?? [];
  if (/TOWGS84\[/i.test(wkt)) return wkt;
  if (shift) return wkt.replace(datum, `DATUM["Shifted",${ellipsoid},TOWGS84[${shift.numbers}]`);
  const same =
    Number(axis) === SAME_AXIS &&
    Number(flattening) > LEAST_FLATTENING &&
    Number(flattening) < MOST_FLATTENING;
  return same && !ELSEWHERE.test(plainName(name))
    ? wkt.replace(/DATUM\["[^"]*"/i, 'DATUM["D_WGS_1984"')
    : wkt;
}

/** Writes projections as proj4 reads them. */
function withKnownProjection(wkt: string): string {
  const parallel = STANDARD_PARALLEL.exec(wkt);
  if (MERCATOR.test(wkt) && parallel) {
    const radians = (Number(parallel[1]) * Math.PI) / 180;
    return wkt
      .replace(MERCATOR, 'PROJECTION["Mercator"')
      .replace(parallel[0], `PARAMETER["lat_ts",${radians}`);
  }
  return wkt.replace(NORTH_POLE, 'PROJECTION["Stereographic_South_Pole"');
}

/** Whether angles are in degrees, as proj4 takes them to be: not in grads. */
function isInDegrees(wkt: string): boolean {
  const radians = ANGLE.exec(wkt)?.[1];
  return radians === undefined || Math.abs(Number(radians) - Math.PI / 180) < 1e-9;
}

/** Whether the datum is WGS 84, or its shift is stated. The shifts that proj4 knows by name are not relied on. */
function isCertain(wkt: string, { datumCode }: CoordinateSystem): boolean {
  return datumCode === "wgs84" || /TOWGS84\[/i.test(wkt);
}

function isDegrees({ projName, datumCode, units, from_greenwich }: CoordinateSystem): boolean {
  const inWgs84 = projName === "longlat" && datumCode === "wgs84";
  return inWgs84 && (units ?? "degree").startsWith("degree") && !from_greenwich;
}
