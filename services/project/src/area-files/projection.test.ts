import { expect, test } from "vitest";
import { DATUM_POINTS, ELSEWHERE_DATUMS, UNPROVED_DATUMS } from "./datum-proof.table.ts";
import { SHIFTS } from "./datum-shifts.ts";
import { FileFault } from "./file-fault.ts";
import { readProjection } from "./projection.ts";
import { POINTS, REFUSED, SYSTEMS } from "./projection-proof.table.ts";

const degrees = (name: string, datum: string, spheroid = '"WGS_1984",6378137.0,298.257223563') =>
  `GEOGCS["${name}",DATUM["${datum}",SPHEROID[${spheroid}]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`;
const GRS80 = '"GRS_1980",6378137.0,298.257222101';
const WGS84 = degrees("GCS_WGS_1984", "D_WGS_1984");
const transverse = (base: string, meridian: number) =>
  `PROJCS["UTM",${base},PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",${meridian}],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`;
const ESRI_WEB_MERCATOR = `PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",${WGS84},PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`;
const GDAL_WEB_MERCATOR = `PROJCS["WGS 84 / Pseudo-Mercator",${WGS84},PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],UNIT["metre",1],EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +nadgrids=@null"],AUTHORITY["EPSG","3857"]]`;

test.each([
  ["WGS 84", `${WGS84}\n`],
  ["WGS 84 of OGC", degrees("WGS 84", "WGS_1984").replace("Degree", "degree")],
  [
    "NAD83, as of the counties of the United States",
    degrees("GCS_North_American_1983", "D_North_American_1983", GRS80),
  ],
  ["ETRS89", degrees("GCS_ETRS_1989", "D_ETRS_1989", GRS80)],
])("degrees in %s are taken as they are", (_, wkt) => {
  expect(readProjection(wkt)).toBeUndefined();
});

// The central meridian, 5,000 km from the equator by 0.9996; and the well-known place of 10, 45 in web mercator.
test.each([
  ["UTM", transverse(WGS84, 9), [500_000, 5_000_000], [9, 45.153_491]],
  [
    "UTM in NAD83",
    transverse(degrees("NAD83", "D_North_American_1983", GRS80), -81),
    [500_000, 5_000_000],
    [-81, 45.153_491],
  ],
  ["web mercator of ESRI", ESRI_WEB_MERCATOR, [1_113_194.908, 5_621_521.486], [10, 45]],
  ["web mercator of GDAL", GDAL_WEB_MERCATOR, [1_113_194.908, 5_621_521.486], [10, 45]],
] as const)("metres in %s are turned into degrees", (_, wkt, [x, y], [longitude, latitude]) => {
  const [east, north] = readProjection(wkt)?.(x, y) ?? [];
  expect(east).toBeCloseTo(longitude, 5);
  expect(north).toBeCloseTo(latitude, 3);
});

test.each([
  ["nothing", ""],
  ["nonsense", "{{{"],
  ["a datum that nobody knows", degrees("GCS_Atlantis", "D_Atlantis", '"Plato",6377000.0,300.0')],
  [
    "a datum that needs a grid",
    degrees("GCS_North_American_1927", "D_North_American_1927", '"Clarke_1866",6378206.4,294.9786982'),
  ],
  ["a projection that nobody knows", transverse(WGS84, 9).replace("Transverse_Mercator", "Napkin")],
  ["too much", `${WGS84}${" ".repeat(3)}${"x".repeat(10_000)}`],
])("%s is refused", (_, wkt) => {
  expect(() => readProjection(wkt)).toThrow(FileFault);
});

const METRES_PER_DEGREE = 111_195;
const MOST_METRES_OFF = 5;

test.each(SYSTEMS)("EPSG:%i, %s, lies where PROJ says", (code, _, spellings) => {
  const points = POINTS.filter(([of]) => of === code);
  expect(points).not.toEqual([]);
  for (const wkt of spellings) {
    const toDegrees = readProjection(wkt) ?? ((x, y) => [x, y]);
    for (const [, x, y, longitude, latitude] of points) {
      const [east, north] = toDegrees(x, y);
      const off = Math.hypot((east - longitude) * Math.cos((latitude * Math.PI) / 180), north - latitude);
      expect(off * METRES_PER_DEGREE).toBeLessThan(MOST_METRES_OFF);
    }
  }
});

test.each(REFUSED)("%s, is refused, and what to do instead is said", (_, wkt) => {
  const read = () => readProjection(wkt)?.(2_500_000, 6_000_000);
  expect(read).toThrow(FileFault);
  expect(read).toThrow("Reproject to WGS 84 (EPSG:4326)");
});

test("what a .prj file says of its shift itself is followed", () => {
  const wkt = degrees(
    "ED50",
    "European_Datum_1950",
    '"International 1924",6378388,297,TOWGS84[-87,-98,-121]',
  );
  const stated = wkt.replace(",TOWGS84[-87,-98,-121]]", "],TOWGS84[-87,-98,-121]");
  const [east, north] = readProjection(stated)?.(10, 50) ?? [];
  expect(east).toBeCloseTo(9.998_865, 6);
  expect(north).toBeCloseTo(49.999_199, 6);
});

test.each([
  ["RGF93", "D_RGF_1993"],
  ["ETRF2000", "European_Terrestrial_Reference_Frame_2000"],
  ["CGCS2000", "China_Geodetic_Coordinate_System_2000"],
])("degrees in %s are taken by its ellipsoid", (name, datum) => {
  expect(readProjection(degrees(name, datum, GRS80))).toBeUndefined();
});

test.each(ELSEWHERE_DATUMS)("%s, on the same ellipsoid, is not taken as it is", (datum) => {
  expect(() => readProjection(degrees(datum, datum, GRS80))).toThrow(FileFault);
});

const metresOff = ([x, y]: readonly number[], [longitude = 0, latitude = 0]: readonly number[]) =>
  METRES_PER_DEGREE *
  Math.hypot(((x ?? 0) - longitude) * Math.cos((latitude * Math.PI) / 180), (y ?? 0) - latitude);
/** The numbers of an operation are those of PROJ; how sure they are is another matter. */
const MOST_METRES_OFF_THE_OPERATION = 0.1;

test.each(SHIFTS.map((it) => [it.code, it.operation, it] as const))(
  "EPSG:%i, %s, puts its datum where PROJ does",
  (code, _, shift) => {
    const proof = DATUM_POINTS.find((it) => it.code === code);
    expect(proof?.points).toHaveLength(3);
    expect(shift.accuracyMetres).toBeGreaterThan(MOST_METRES_OFF_THE_OPERATION / 2);
    for (const datum of proof?.datums ?? []) {
      const toDegrees = readProjection(degrees(datum, datum, proof?.spheroid));
      for (const [x, y, ...point] of proof?.points ?? []) {
        expect(metresOff(toDegrees?.(x, y) ?? [], point)).toBeLessThan(MOST_METRES_OFF_THE_OPERATION);
      }
    }
  },
);

test.each(UNPROVED_DATUMS)("%s, whose shift is not proved, is refused by its name", (datum, spheroid) => {
  expect(() => readProjection(degrees(`GCS of ${datum}`, datum, spheroid))).toThrow(
    `Found: GCS of ${datum}.`,
  );
});

test("a name that stands for another ellipsoid as well is not shifted by it", () => {
  const international = '"International_1924",6378388.0,297.0';
  expect(() => readProjection(degrees("ST87", "D_ST87_Ouvea", international))).toThrow(FileFault);
});

test("a shift is used where it holds: the datum of Austria, from Ferro, not in Slovenia or Serbia", () => {
  const austria = degrees("GCS_MGI_Ferro", "D_MGI", '"Bessel_1841",6377397.155,299.1528128').replace(
    '"Greenwich",0.0',
    '"Ferro",-17.6666666666667',
  );
  const toDegrees = readProjection(austria);
  // Vienna, by MGI (Ferro) to WGS 84 (2).
  expect(metresOff(toDegrees?.(34.037_870_26, 48.200_499_76) ?? [], [16.37, 48.2])).toBeLessThan(1.5);
  expect(() => toDegrees?.(32.17, 46.05)).toThrow("GCS_MGI_Ferro at 14.5");
  expect(() => toDegrees?.(38.13, 44.81)).toThrow("outside of its country");
});
