import proj4 from "proj4";
import { FileFault } from "./file-fault.ts";

/** Turns a position into longitude and latitude, in degrees. */
export type ToDegrees = (x: number, y: number) => [longitude: number, latitude: number];

/** A .prj file is a line of text. */
const PRJ_MAX_LENGTH = 10_000;
/** Datums of proj4 that turn into WGS 84 by three or seven numbers, or are the same: 1, 2 and 4. */
const CERTAIN_DATUMS = [1, 2, 4];

/**
 * Reads the coordinate system of a .prj file: undefined for longitude and latitude in WGS 84. What cannot be turned into
 * that with certainty is refused: a datum that is not known, or one that needs a grid of shifts.
 */
export function readProjection(wkt: string): ToDegrees | undefined {
  const text = wkt.trim();
  if (text.length > PRJ_MAX_LENGTH) throw new FileFault("crs-not-taken");
  if (/^GEOGCS\["GCS_WGS_1984"/.test(text) || /AUTHORITY\["EPSG","4326"\]\]$/.test(text)) return undefined;
  try {
    // An unknown datum is taken by proj4 for one that needs no shift, so that its type tells nothing: its name does.
    const system = proj4.Proj(text) as unknown as { datum?: { datum_type?: number }; datumCode?: string };
    const known = CERTAIN_DATUMS.includes(system.datum?.datum_type ?? 0);
    if (!known || system.datumCode === undefined || system.datumCode === "none")
      throw new Error("unknown datum");
    const converter = proj4(text, "EPSG:4326");
    return (x, y) => converter.forward([x, y]) as [number, number];
  } catch {
    throw new FileFault("crs-not-taken");
  }
}
