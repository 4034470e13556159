import proj4 from "proj4";
import { FileFault } from "./file-fault.ts";

/** Turns a position into longitude and latitude, in degrees. */
export type ToDegrees = (x: number, y: number) => [longitude: number, latitude: number];

/** A .prj file is a line of text. */
const PRJ_MAX_LENGTH = 10_000;
/** Datums of proj4 that turn into WGS 84 by three or seven numbers, or are the same. */
const CERTAIN_DATUMS = [1, 2, 4];
/** Datums that are WGS 84 within two metres, as PROJ and its users take them. */
const SAME_DATUM =
  /DATUM\["(D_)?(North_American_(Datum_)?1983(_[A-Z0-9_]+)?|ETRS_?(19)?89|European_Terrestrial_Reference_System_1989|SIRGAS_2000|Sistema_de_Referencia_Geocentrico_para_(las_Americas|America_del_Sur)_2000|GDA_?(1994|94|2020)|Geocentric_Datum_of_Australia_(1994|2020)|NZGD_2000|New_Zealand_Geodetic_Datum_2000|JGD_(2000|2011)|ITRF_?(19|20)?[0-9]{2}|Hartebeesthoek_?1994|WGS_1984_[A-Z0-9_]+)"/i;
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
  const text = wkt.trim().replace(SAME_DATUM, 'DATUM["D_WGS_1984"');
  if (text.length > PRJ_MAX_LENGTH) throw new FileFault("crs-not-taken");
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

/** Whether the shift of a datum is known. Of one that is not known proj4 takes it that there is none. */
function isCertain({ datum, datumCode }: CoordinateSystem): boolean {
  return CERTAIN_DATUMS.includes(datum?.datum_type ?? 0) && datumCode !== undefined && datumCode !== "none";
}

function isDegrees({ projName, datumCode, units, from_greenwich }: CoordinateSystem): boolean {
  const inWgs84 = projName === "longlat" && datumCode === "wgs84";
  return inWgs84 && (units ?? "degree").startsWith("degree") && !from_greenwich;
}
