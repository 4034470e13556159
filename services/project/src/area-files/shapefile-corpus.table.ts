import { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import type { CorpusFile } from "./area-corpus.table.ts";
import { box, features, polygon } from "./testing/areas.ts";
import { entryOf, indexOf, shpOf, shxOf } from "./testing/shapefile.ts";
import { zipOf } from "./testing/zip.ts";

const { GEOJSON, KMZ, SHAPEFILE, UNSPECIFIED } = AreaFormat;

const clockwise = (west: number, south: number, degrees: number) => box(west, south, degrees).toReversed();
const ONE = [clockwise(0, 0, 1)];
const TWO = [clockwise(5, 5, 1)];
const SQUARES = [ONE, TWO];
const POLYGON_Z = 15;
const POLYGON_M = 25;
const NO_MEASURE = -1.7976931348623157e308;
/** A record and its header: 44 bytes, a part, and five points. */
const RECORD_BYTES = 8 + 44 + 4 + 5 * 16;

const zipped = (shp: Buffer, shx?: Buffer, ...more: { name: string; content: string | Buffer }[]) =>
  zipOf({ name: "a.shp", content: shp }, ...(shx ? [{ name: "a.shx", content: shx }] : []), ...more);
/** A file that says that it has the bytes that were put to its end. */
const padded = (shp: Buffer, more: Buffer) => {
  const whole = Buffer.concat([shp, more]);
  whole.writeInt32BE(whole.length / 2, 24);
  return whole;
};

/** A table of attributes without records, with bytes after its end. */
const PADDED_DBF = Buffer.concat([
  Buffer.from([3, 126, 1, 1]),
  Buffer.alloc(28),
  Buffer.from("\r\x1a"),
  Buffer.alloc(900),
]);

/** Shapefiles as other programs write them, and as they come to be wrong. */
export const SHAPEFILES: readonly CorpusFile[] = [
  {
    what: "a shapefile with null shapes among its polygons",
    file: () => zipped(shpOf([ONE, null, TWO, null])),
    format: SHAPEFILE,
    faults: [
      ["geometry-missing", "shp/record[1]"],
      ["geometry-missing", "shp/record[3]"],
    ],
  },
  {
    what: "a shapefile of null shapes alone",
    file: () => zipped(shpOf([null])),
    format: SHAPEFILE,
    faults: [["geometry-missing", "shp/record[0]"]],
  },
  {
    what: "polygons with heights and without measures",
    file: () => zipped(shpOf(SQUARES, POLYGON_Z, NO_MEASURE)),
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["heights-dropped", "rings-turned"],
  },
  {
    what: "polygons with heights and measures",
    file: () => zipped(shpOf(SQUARES, POLYGON_Z)),
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["heights-dropped", "measures-dropped", "rings-turned"],
  },
  {
    what: "polygons with measures",
    file: () => zipped(shpOf(SQUARES, POLYGON_M)),
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["measures-dropped", "rings-turned"],
  },
  {
    what: "polygons with measures that none of them has",
    file: () => zipped(shpOf(SQUARES, POLYGON_M, NO_MEASURE)),
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["rings-turned"],
  },
  {
    what: "a shapefile whose table is padded",
    file: () => zipped(shpOf(SQUARES), shxOf(shpOf(SQUARES)), { name: "a.dbf", content: PADDED_DBF }),
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["rings-turned"],
  },
  {
    what: "a .shp padded with zeros, and an index that counts its records",
    file: () => zipped(padded(shpOf(SQUARES), Buffer.alloc(500)), shxOf(shpOf(SQUARES))),
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["rings-turned"],
  },
  {
    what: "a .shp padded with what was in memory, and an index that counts its records",
    file: () => zipped(padded(shpOf(SQUARES), Buffer.alloc(500, "junk")), shxOf(shpOf(SQUARES))),
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["rings-turned"],
  },
  {
    what: "a record that was moved to the end when it grew, and left its old self behind",
    file: () => {
      const stale = shpOf([ONE, TWO, [clockwise(5, 5, 3)]]);
      stale.writeInt32BE(2, 100 + 2 * RECORD_BYTES);
      const body = RECORD_BYTES - 8;
      return zipped(stale, indexOf(5, [entryOf(100, body), entryOf(100 + 2 * RECORD_BYTES, body)]));
    },
    format: SHAPEFILE,
    sound: [2, 2, 8],
    notes: ["rings-turned"],
  },
  {
    what: "an index that lists more records than there are before the zeros",
    file: () => zipped(padded(shpOf([ONE]), Buffer.alloc(RECORD_BYTES)), shxOf(shpOf(SQUARES))),
    format: SHAPEFILE,
    faults: [["shapefile-index-differs", "shx/record[1]"]],
  },
  {
    what: "an index that lists fewer records than there are",
    file: () => zipped(shpOf(SQUARES), shxOf(shpOf([ONE]))),
    format: SHAPEFILE,
    faults: [["shapefile-index-differs", "shp/record[1]"]],
  },
  {
    what: "an index of another shapefile",
    file: () => zipped(shpOf(SQUARES), shxOf(shpOf([[clockwise(0, 0, 9), box(1, 1, 1)]]))),
    format: SHAPEFILE,
    faults: [["shapefile-index-differs", "shx/record[0]"]],
  },
  {
    what: "an index cut off",
    file: () => zipped(shpOf(SQUARES), shxOf(shpOf(SQUARES)).subarray(0, 110)),
    format: SHAPEFILE,
    faults: [["shapefile-index-differs", "shx"]],
  },
  {
    what: "an index that is none",
    file: () => zipped(shpOf(SQUARES), Buffer.alloc(200)),
    format: SHAPEFILE,
    faults: [["shapefile-index-differs", "shx"]],
  },
];

const kmlOf = (west: number) =>
  `<kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>${box(west, 0, 1)
    .map((it) => it.join())
    .join(" ")}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`;
const linksTo = (...hrefs: string[]) =>
  `<kml>${hrefs.map((it) => `<NetworkLink><Link><href>${it}</href></Link></NetworkLink>`).join("")}</kml>`;
const SQUARE = polygon(box(0, 0, 1));

/** Archives as other programs write them, and as they come to be wrong. */
export const ARCHIVES: readonly CorpusFile[] = [
  {
    what: "a KMZ whose doc.kml stands beside other documents",
    file: () => zipOf({ name: "b.kml", content: kmlOf(5) }, { name: "doc.kml", content: kmlOf(0) }),
    format: KMZ,
    sound: [1, 1, 4],
    notes: ["other-files-not-read"],
  },
  {
    what: "a KMZ whose one document at its root does not link to the other in a folder",
    file: () => zipOf({ name: "files/doc.kml", content: kmlOf(5) }, { name: "areas.kml", content: kmlOf(0) }),
    format: KMZ,
    sound: [1, 1, 4],
    notes: ["other-files-not-read"],
  },
  {
    what: "a KMZ whose doc.kml links to a document for each layer, as GDAL and QGIS write it",
    file: () => {
      const links = linksTo("layers/a.kml", "./layers/my%20b.kml#x", "layers/a.kml");
      const main = links.replace("</kml>", kmlOf(8).replace("<kml>", ""));
      return zipOf(
        { name: "doc.kml", content: main },
        { name: "layers/a.kml", content: kmlOf(0) },
        { name: "layers/my b.kml", content: `${linksTo("../doc.kml", "a.kml", "c/d.kml")}` },
        { name: "layers/c/d.kml", content: kmlOf(5) },
      );
    },
    format: KMZ,
    sound: [3, 3, 12],
  },
  {
    what: "a KMZ with links out of the archive, and a fault in a document that is linked to",
    file: () =>
      zipOf(
        { name: "doc.kml", content: linksTo("http://a.example/b.kml", "b.kml", "c.kmz", "d.kml", "") },
        { name: "c.kmz", content: "" },
        { name: "d.kml", content: "<kml><Point/></kml>" },
      ),
    format: KMZ,
    faults: [
      ["type-not-taken", "kml/NetworkLink[0]"],
      ["type-not-taken", "kml/NetworkLink[1]"],
      ["type-not-taken", "kml/NetworkLink[2]"],
      ["type-not-taken", "kml/NetworkLink[4]"],
      ["type-not-taken", "d.kml/kml/Point[0]"],
    ],
  },
  {
    what: "a KMZ that links to a document that is damaged",
    file: () =>
      zipOf({ name: "doc.kml", content: linksTo("a/b.kml") }, { name: "a/b.kml", content: "<kml>&</kml>" }),
    format: KMZ,
    faults: [["xml-malformed", "a/b.kml, line 1, column 13"]],
  },
  {
    what: "a KMZ of several documents of which none is the main one",
    file: () => zipOf({ name: "a.kml", content: kmlOf(0) }, { name: "b.kml", content: kmlOf(5) }),
    format: UNSPECIFIED,
    faults: [["archive-ambiguous", ""]],
  },
  {
    what: "a shapefile beside GeoJSON that is not read",
    file: () => zipped(shpOf([ONE]), undefined, { name: "a.geojson", content: features() }),
    format: SHAPEFILE,
    sound: [1, 1, 4],
    notes: ["other-files-not-read", "rings-turned"],
  },
  {
    what: "an archive with names that lead out of it",
    file: () => zipOf({ name: "/tmp/../../a.geojson", content: SQUARE }),
    format: GEOJSON,
    sound: [1, 1, 4],
  },
  ...[9, 12, 14, 93, 95, 77].map((method) => ({
    what: `a file in an archive that is compressed by method ${method}`,
    file: () => zipOf({ name: "a/b.geojson", content: SQUARE, method }),
    format: GEOJSON,
    faults: [["archive-compression-not-taken", "a/b.geojson"]] as [string, string][],
  })),
  {
    what: "an archive whose .prj alone is compressed by another method",
    file: () => zipOf({ name: "a.shp", content: shpOf([ONE]) }, { name: "a.prj", content: "x", method: 14 }),
    format: SHAPEFILE,
    faults: [["archive-compression-not-taken", "a.prj"]],
  },
  {
    what: "an archive in which a byte was changed on its way",
    file: () => zipOf({ name: "a.geojson", content: SQUARE, sum: 7 }),
    format: GEOJSON,
    faults: [["archive-malformed", "a.geojson"]],
  },
  {
    what: "the last part of an archive that was split",
    file: () => {
      const zip = zipOf({ name: "a.geojson", content: SQUARE });
      zip.writeUInt16LE(2, zip.length - 18);
      return zip;
    },
    format: UNSPECIFIED,
    faults: [["archive-in-parts", ""]],
  },
];
