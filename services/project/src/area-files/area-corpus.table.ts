import { gzipSync } from "node:zlib";
import { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { box, coast, features, multi, polygon } from "./testing/areas.ts";
import { shpOf } from "./testing/shapefile.ts";
import { zipOf } from "./testing/zip.ts";

/** What is wrong, where in the file, and where on the map. */
type Expected = [rule: string, path: string, place?: [longitude: number, latitude: number]];

/** A file, its format, and what must be found in it: the number of polygons, rings and vertices, or faults. */
export interface CorpusFile {
  what: string;
  file: () => string | Uint8Array;
  format: AreaFormat;
  sound?: [polygons: number, rings: number, vertices: number];
  notes?: string[];
  faults?: Expected[];
}

const { GEOJSON, KML, KMZ, GPX, SHAPEFILE, OSM_XML, UNSPECIFIED } = AreaFormat;

const SQUARE = polygon(box(10, 20, 1));
const kml = (...placemarks: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${placemarks.join("")}</Document></kml>`;
const kmlPolygon = (outer: string, ...inner: string[]) =>
  `<Placemark><name>&amp; a</name><Polygon><outerBoundaryIs><LinearRing><coordinates>${outer}</coordinates></LinearRing></outerBoundaryIs>${inner
    .map(
      (it) => `<innerBoundaryIs><LinearRing><coordinates>${it}</coordinates></LinearRing></innerBoundaryIs>`,
    )
    .join("")}</Polygon></Placemark>`;
const KML_RING = "10,20,0 11,20,0 11,21,0 10,20,0";
const KML_PATH = "kml/Document[0]/Placemark[0]/Polygon[0]/outerBoundaryIs[0]/LinearRing[0]/coordinates[0]";
const gpx = (...parts: string[]) => `<gpx version="1.1" creator="test">${parts.join("")}</gpx>`;
const points = (name: string, ring: readonly (readonly number[])[]) =>
  ring.map(([lon, lat]) => `<${name} lat="${lat}" lon="${lon}"/>`).join("");
const clockwise = (ring: readonly (readonly number[])[]) => ring.toReversed();
const osmNodes = (...positions: [number, number][]) =>
  positions.map(([lon, lat], i) => `<node id="${i + 1}" lat="${lat}" lon="${lon}"/>`).join("");
const way = (id: number, ...nodes: number[]) =>
  `<way id="${id}">${nodes.map((it) => `<nd ref="${it}"/>`).join("")}</way>`;
const relation = (id: number, ...members: [way: number, role: string][]) =>
  `<relation id="${id}">${members
    .map(([ref, role]) => `<member type="way" ref="${ref}" role="${role}"/>`)
    .join("")}<tag k="type" v="multipolygon"/></relation>`;
const osm = (...parts: string[]) => `<osm version="0.6">${parts.join("")}</osm>`;
const UTM_32N =
  'PROJCS["WGS_1984_UTM_Zone_32N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]';
const WGS84 =
  'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';
const UNKNOWN_DATUM = WGS84.replaceAll("WGS_1984", "Atlantis_1899").replace("6378137.0", "6377000.0");
/** Lake Constance, in metres of web mercator. */
const METRES = [
  [1030000, 6040000],
  [1040000, 6040000],
  [1040000, 6050000],
  [1030000, 6040000],
];

const SOUND: CorpusFile[] = [
  { what: "a Polygon", file: () => SQUARE, format: GEOJSON, sound: [1, 1, 4] },
  {
    what: "a MultiPolygon of 24,576 vertices and islands",
    file: () => multi([coast(10, 50, 1, 6)], [coast(20, 50, 0.5, 6)]),
    format: GEOJSON,
    sound: [2, 2, 24_576],
  },
  {
    what: "an island in a lake on an island in a lake",
    file: () => multi([box(0, 0, 9), box(1, 1, 7)], [box(2, 2, 5), box(3, 3, 3)], [box(4, 4, 1)]),
    format: GEOJSON,
    sound: [3, 5, 20],
    notes: ["rings-turned"],
  },
  {
    what: "a FeatureCollection of both, with a byte order mark, heights and CRLF",
    file: () =>
      `\ufeff${features({ type: "Polygon", coordinates: [box(0, 0, 1).map((it) => [...it, 7])] }, JSON.parse(SQUARE)).replaceAll(",", ",\r\n")}`,
    format: GEOJSON,
    sound: [2, 2, 8],
    notes: ["heights-dropped"],
  },
  {
    what: "text in UTF-16",
    file: () => Buffer.from(`\ufeff${SQUARE}`, "utf16le"),
    format: GEOJSON,
    sound: [1, 1, 4],
  },
  {
    what: "an area on both sides of the antimeridian, split there",
    file: () => multi([box(179, -17, 1)], [box(-180, -17, 1)]),
    format: GEOJSON,
    sound: [2, 2, 8],
  },
  {
    what: "KML with a hole, prefixes and CDATA",
    file: () =>
      kml(kmlPolygon("<![CDATA[0,0 9,0 9,9 0,9 0,0]]>", "1,1 1,2 2,2 1,1")).replaceAll(
        "Polygon>",
        "k:Polygon>",
      ),
    format: KML,
    sound: [1, 2, 7],
  },
  {
    what: "KML in the encoding that it declares",
    file: () =>
      Buffer.from(
        kml(kmlPolygon("0,0 9,0 9,9 0,0").replace("&amp;", "Ñ")).replace("UTF-8", "ISO-8859-1"),
        "latin1",
      ),
    format: KML,
    sound: [1, 1, 3],
  },
  {
    what: "KMZ with pictures",
    file: () =>
      zipOf({ name: "doc.kml", content: kml(kmlPolygon(KML_RING)) }, { name: "files/a.kml", content: "x" }),
    format: KMZ,
    sound: [1, 1, 3],
    notes: ["heights-dropped", "other-files-not-read"],
  },
  {
    what: "GPX with a closed track and a closed route",
    file: () =>
      gpx(
        `<trk><trkseg>${points("trkpt", box(0, 0, 1))}</trkseg></trk>`,
        `<rte>${points("rtept", box(5, 5, 1))}</rte>`,
      ),
    format: GPX,
    sound: [2, 2, 8],
  },
  {
    what: "a shapefile whose holes come before their outer rings",
    file: () => {
      const rings = [box(1, 1, 1), box(11, 1, 1), clockwise(box(0, 0, 9)), clockwise(box(10, 0, 9))];
      return zipOf(
        { name: "data/Area.shp", content: shpOf([rings]) },
        { name: "data/area.PRJ", content: WGS84 },
        { name: "__MACOSX/data/._Area.shp", content: "x" },
      );
    },
    format: SHAPEFILE,
    sound: [2, 4, 16],
    notes: ["rings-turned"],
  },
  {
    what: "a .shp alone",
    file: () => shpOf([[clockwise(box(0, 0, 1))]]),
    format: SHAPEFILE,
    sound: [1, 1, 4],
    notes: ["rings-turned"],
  },
  {
    what: "OSM with closed ways, a relation of parts, and what was deleted",
    file: () =>
      osm(
        osmNodes([0, 0], [9, 0], [9, 9], [0, 9], [1, 1], [2, 1], [2, 2], [20, 0], [21, 0], [21, 1]),
        way(1, 1, 2, 3),
        way(2, 1, 4, 3),
        way(3, 5, 6, 7, 5),
        way(4, 8, 9, 10, 8),
        relation(1, [1, "outer"], [2, ""], [3, "inner"]),
        '<way id="5" action="delete"><nd ref="1"/></way>',
      ),
    format: OSM_XML,
    sound: [2, 3, 10],
    notes: ["rings-turned"],
  },
];

const BROKEN_FILES: CorpusFile[] = [
  { what: "nothing", file: () => "", format: UNSPECIFIED, faults: [["file-empty", ""]] },
  { what: "spaces", file: () => " \n", format: UNSPECIFIED, faults: [["file-empty", ""]] },
  { what: "a picture", file: () => "\x89PNG\r\n", format: UNSPECIFIED, faults: [["format-unknown", ""]] },
  { what: "a web page", file: () => "<html/>", format: UNSPECIFIED, faults: [["format-unknown", "html"]] },
  {
    what: "JSON cut off",
    file: () => SQUARE.replace("[[", "\n[[").slice(0, 60),
    format: GEOJSON,
    faults: [["json-malformed", "line 2, column 28"]],
  },
  {
    what: "NaN in JSON",
    file: () => '{"type":"Polygon",\n"coordinates":[[[NaN,1]]]}',
    format: GEOJSON,
    faults: [["json-malformed", "line 2, column 18"]],
  },
  {
    what: "a million brackets",
    file: () => "[".repeat(1_000_000),
    format: GEOJSON,
    faults: [["json-malformed", "line 1, column 1000001"]],
  },
  {
    what: "a deep array",
    file: () => "[".repeat(9_999) + "]".repeat(9_999),
    format: GEOJSON,
    faults: [["not-an-object", ""]],
  },
  {
    what: "Latin-1",
    file: () => Buffer.from('{"name":"Ñ"}', "latin1"),
    format: GEOJSON,
    faults: [["text-malformed", ""]],
  },
  {
    what: "KML in an encoding that nobody knows",
    file: () => kml(kmlPolygon(KML_RING)).replace("UTF-8", "EBCDIC"),
    format: UNSPECIFIED,
    faults: [["text-malformed", ""]],
  },
  {
    what: "an entity bomb",
    file: () =>
      `<?xml version="1.0"?>\n<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml><name>&b;</name></kml>`,
    format: UNSPECIFIED,
    faults: [["xml-has-dtd", "line 2, column 56"]],
  },
  {
    what: "an entity that nobody declared",
    file: () => "<kml>&a;</kml>",
    format: KML,
    faults: [["xml-malformed", "line 1, column 9"]],
  },
  {
    what: "KML cut off",
    file: () => kml(kmlPolygon(KML_RING)).slice(0, 150),
    format: KML,
    faults: [["xml-malformed", "line 2, column 112"]],
  },
  {
    what: "XML that is too deep",
    file: () => `<kml>${"<a>".repeat(12)}${"</a>".repeat(12)}</kml>`,
    format: KML,
    faults: [["xml-too-deep", `kml${"/a[0]".repeat(10)}`]],
  },
  {
    what: "an archive cut off",
    file: () => zipOf({ name: "doc.kml", content: kml(kmlPolygon(KML_RING)) }).subarray(0, 200),
    format: UNSPECIFIED,
    faults: [["archive-malformed", ""]],
  },
  {
    what: "an empty archive",
    file: () => zipOf(),
    format: UNSPECIFIED,
    faults: [["archive-without-area", ""]],
  },
  {
    what: "an archive in an archive",
    file: () => zipOf({ name: "a.zip", content: zipOf({ name: "doc.kml", content: kml() }) }),
    format: UNSPECIFIED,
    faults: [["archive-without-area", ""]],
  },
  {
    what: "two shapefiles",
    file: () => zipOf({ name: "a.shp", content: "" }, { name: "b.shp", content: "" }),
    format: UNSPECIFIED,
    faults: [["archive-ambiguous", ""]],
  },
  {
    what: "too many entries",
    file: () => zipOf(...Array.from({ length: 21 }, (_, i) => ({ name: `${i}.txt`, content: "" }))),
    format: UNSPECIFIED,
    faults: [["archive-too-many-entries", ""]],
  },
  {
    what: "a zip bomb",
    file: () => zipOf({ name: "doc.kml", content: " ".repeat(3_000_000) }),
    format: KMZ,
    faults: [["archive-inflates-too-far", "doc.kml"]],
  },
  {
    what: "a zip bomb that lies of its size",
    file: () => zipOf({ name: "doc.kml", content: " ".repeat(3_000_000), claimedBytes: 100 }),
    format: KMZ,
    faults: [["archive-malformed", ""]],
  },
  {
    what: "an encrypted archive",
    file: () => zipOf({ name: "doc.kml", content: "x", encrypted: true }),
    format: KMZ,
    faults: [["archive-encrypted", "doc.kml"]],
  },
  {
    what: "a shapefile cut off",
    file: () => shpOf([[clockwise(box(0, 0, 1))]]).subarray(0, 150),
    format: SHAPEFILE,
    faults: [["shapefile-malformed", "shp"]],
  },
  {
    what: "a shapefile of another datum",
    file: () =>
      zipOf(
        { name: "a.shp", content: shpOf([[clockwise(box(0, 0, 1))]]) },
        { name: "a.prj", content: UNKNOWN_DATUM },
      ),
    format: SHAPEFILE,
    faults: [["crs-not-taken", ""]],
  },
  {
    what: "a .prj file of nonsense",
    file: () => zipOf({ name: "a.shp", content: shpOf([]) }, { name: "a.prj", content: "{{{" }),
    format: SHAPEFILE,
    faults: [["crs-not-taken", ""]],
  },
];

const METRE_FAULT = "position-in-metres";

const BROKEN_AREAS: CorpusFile[] = [
  {
    what: "web mercator passed off as degrees",
    file: () => polygon(METRES),
    format: GEOJSON,
    faults: [[METRE_FAULT, "coordinates[0][0]"]],
  },
  {
    what: "a shapefile in web mercator without its .prj",
    file: () => zipOf({ name: "a.shp", content: shpOf([[clockwise(METRES)]]) }),
    format: SHAPEFILE,
    faults: [[METRE_FAULT, "shp/record[0]/rings[0][0]"]],
  },
  {
    what: "another coordinate system by name",
    file: () => SQUARE.replace("{", '{"crs":{"type":"name","properties":{"name":"EPSG:3857"}},'),
    format: GEOJSON,
    faults: [["crs-not-wgs84", "crs"]],
  },
  {
    what: "latitude before longitude",
    file: () => polygon(box(10, 120, 1)),
    format: GEOJSON,
    faults: [["position-out-of-range", "coordinates[0][0]"]],
  },
  {
    what: "1e999",
    file: () => SQUARE.replace("11,20", "1e999,20"),
    format: GEOJSON,
    faults: [["position-not-finite", "coordinates[0][1]"]],
  },
  {
    what: "text for a number",
    file: () => SQUARE.replace("11,20", '"11",20'),
    format: GEOJSON,
    faults: [["position-malformed", "coordinates[0][1]"]],
  },
  {
    what: "an edge over the antimeridian",
    file: () =>
      polygon([
        [170, 0],
        [-170, 0],
        [-170, 5],
        [170, 5],
        [170, 0],
      ]),
    format: GEOJSON,
    faults: [["antimeridian-crossed", "coordinates[0][3]", [170, 5]]],
  },
  {
    what: "parts of many kinds, each fault reported",
    file: () =>
      features(
        { type: "Point", coordinates: [1, 2] },
        { type: "Polygon", coordinates: [box(0, 0, 1)] },
        { type: "Polygon", coordinates: [box(5, 5, 1).slice(0, 4)] },
        {
          type: "Polygon",
          coordinates: [
            [
              [7, 7],
              [8, 8],
              [8, 7],
              [7, 8],
              [7, 7],
            ],
          ],
        },
        null,
      ),
    format: GEOJSON,
    faults: [
      ["type-not-taken", "features[0].geometry"],
      ["ring-not-closed", "features[2].geometry.coordinates[0][3]", [5, 6]],
      ["geometry-missing", "features[4].geometry"],
      ["ring-crosses-itself", "features[3].geometry.coordinates[0][0]", [7.5, 7.5]],
    ],
  },
  {
    what: "a ring that runs the other way, its fault where it is in the file",
    file: () =>
      multi(
        [box(0, 0, 1)],
        [
          [
            [2, 0],
            [2, 2],
            [4, 2],
            [4, 0],
            [3, 0],
            [3, 1],
            [3, 0],
            [2, 0],
          ],
        ],
      ),
    format: GEOJSON,
    faults: [["ring-crosses-itself", "coordinates[1][0][5]", [3, 0]]],
  },
  {
    what: "polygons that overlap, each of them reported",
    file: () => multi([box(0, 0, 2)], [box(1, 1, 2)], [box(10, 0, 2)], [box(11, 1, 2)]),
    format: GEOJSON,
    faults: [
      ["polygons-overlap", "coordinates[1][0][0]", [1, 1]],
      ["polygons-overlap", "coordinates[3][0][0]", [11, 1]],
    ],
  },
  {
    what: "a hole outside",
    file: () => polygon(box(0, 0, 1), box(5, 5, 1)),
    format: GEOJSON,
    faults: [["hole-outside", "coordinates[1][1]", [5, 5]]],
  },
  { what: "no polygons", file: () => features(), format: GEOJSON, faults: [["area-empty", ""]] },
  { what: "KML without polygons", file: () => kml(), format: KML, faults: [["area-empty", ""]] },
  {
    what: "KML with a point beside",
    file: () =>
      kml(kmlPolygon(KML_RING), "<Placemark><Point><coordinates>1,1</coordinates></Point></Placemark>"),
    format: KML,
    faults: [["type-not-taken", "kml/Document[0]/Placemark[1]/Point[0]"]],
  },
  {
    what: "KML with spaces between numbers",
    file: () => kml(kmlPolygon("10, 20 11,20 11,21 10,20")),
    format: KML,
    faults: [["position-malformed", `${KML_PATH}[0]`]],
  },
  {
    what: "KML whose ring is open",
    file: () => kml(kmlPolygon("10,20 11,20 11,21 10,21")),
    format: KML,
    faults: [["ring-not-closed", `${KML_PATH}[3]`, [10, 21]]],
  },
  {
    what: "KML with a polygon of no boundary",
    file: () => kml("<Placemark><Polygon/></Placemark>"),
    format: KML,
    faults: [["polygon-empty", "kml/Document[0]/Placemark[0]/Polygon[0]"]],
  },
  {
    what: "GPX with a waypoint, an open track and a position that is none",
    file: () =>
      gpx(
        '<wpt lat="1" lon="1"/>',
        `<trk><trkseg>${points("trkpt", box(0, 0, 1).slice(0, 4))}</trkseg></trk>`,
        '<rte><rtept lat="1" lon="x"/><rtept/><rtept/><rtept/></rte>',
      ),
    format: GPX,
    faults: [
      ["type-not-taken", "gpx/wpt[0]"],
      ["ring-not-closed", "gpx/trk[0]/trkseg[0]/trkpt[3]", [0, 1]],
      ["position-malformed", "gpx/rte[0]/rtept[0]"],
    ],
  },
  {
    what: "a shapefile of lines",
    file: () => shpOf([[box(0, 0, 1)]], 3),
    format: SHAPEFILE,
    faults: [["type-not-taken", "shp/record[0]"]],
  },
  {
    what: "OSM with an open way, a lonely place, and what is not there",
    file: () =>
      osm(
        osmNodes([0, 0], [1, 0], [1, 1], [0, 1]),
        '<node id="9" lat="3" lon="3"><tag k="name" v="x"/></node>',
        way(1, 1, 2, 3, 4),
        way(2, 1, 2, 77, 1),
        relation(5, [88, "outer"]),
      ),
    format: OSM_XML,
    faults: [
      ["part-missing", "osm/relation[@id=5]/member[0]"],
      ["ring-not-closed", "osm/way[@id=1]/nd[3]", [0, 1]],
      ["part-missing", "osm/way[@id=2]/nd[2]"],
      ["type-not-taken", "osm/node[@id=9]"],
    ],
  },
  {
    what: "OSM with a relation that does not close",
    file: () =>
      osm(
        osmNodes([0, 0], [1, 0], [1, 1], [0, 1]),
        way(1, 1, 2, 3),
        way(2, 3, 4),
        relation(5, [1, ""], [2, ""]),
      ),
    format: OSM_XML,
    faults: [["ring-not-closed", "osm/relation[@id=5]/outer[0][3]", [0, 1]]],
  },
  {
    what: "thousands of rings that lie around each other by their boxes only",
    file: () => {
      const corner = [
        [0, 0],
        [0, 9],
        [9, 9],
        [9, 8.9],
        [0.1, 8.9],
        [0.1, 0],
        [0, 0],
      ];
      const holes = Array.from({ length: 3_000 }, () => box(5, 5, 0.1));
      return shpOf([[...Array.from({ length: 3_000 }, () => corner), ...holes]]);
    },
    format: SHAPEFILE,
    faults: [["rings-too-intricate", ""]],
  },
  {
    what: "too many vertices",
    file: () => polygon(coast(10, 50, 1, 7)),
    format: GEOJSON,
    faults: [["too-many-vertices", ""]],
  },
  {
    what: "too many rings",
    file: () => multi(...Array.from({ length: 101 }, (_, i) => [box(i, 0, 0.5)])),
    format: GEOJSON,
    faults: [["too-many-rings", ""]],
  },
];

/** What other programs write and take, and what must be called by its name. */
const FOREIGN: CorpusFile[] = [
  ...[
    "null",
    '{"type":"EPSG","properties":{"code":4326}}',
    ...[
      "urn:ogc:def:crs:EPSG:6.9:4326",
      "urn:x-ogc:def:crs:EPSG::4326",
      "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
      "https://www.opengis.net/def/crs/EPSG/0/4326",
      "epsg:4326",
      "urn:ogc:def:crs:ogc:1.3:crs84",
    ].map((name) => `{"type":"name","properties":{"name":"${name}"}}`),
  ].map((crs) => ({
    what: `WGS 84 as ${crs}`,
    file: () => SQUARE.replace("{", `{"crs":${crs},`),
    format: GEOJSON,
    sound: [1, 1, 4] as [number, number, number],
  })),
  {
    what: "a corner that rounding carried over the edge of the world",
    file: () => polygon(box(-180.00000000000006, 89.0000000001, 1)),
    format: GEOJSON,
    sound: [1, 1, 4],
  },
  {
    what: "collections of polygons in a collection",
    file: () =>
      JSON.stringify({
        type: "GeometryCollection",
        geometries: [
          JSON.parse(SQUARE),
          { type: "GeometryCollection", geometries: [{ type: "Polygon", coordinates: [box(0, 0, 1)] }] },
        ],
      }),
    format: GEOJSON,
    sound: [2, 2, 8],
  },
  {
    what: "empty geometries among features",
    file: () =>
      features(
        JSON.parse(SQUARE),
        { type: "MultiPolygon", coordinates: [] },
        { type: "Polygon", coordinates: [] },
        { type: "GeometryCollection", geometries: [] },
        { type: "MultiPoint", coordinates: [] },
      ),
    format: GEOJSON,
    faults: [
      ["area-empty", "features[1].geometry.coordinates"],
      ["polygon-empty", "features[2].geometry.coordinates"],
      ["area-empty", "features[3].geometry.geometries"],
      ["type-not-taken", "features[4].geometry"],
    ],
  },
  {
    what: "neighbours, joined",
    file: () => features({ type: "Polygon", coordinates: [box(0, 0, 2)] }, JSON.parse(polygon(box(2, 1, 1)))),
    format: GEOJSON,
    sound: [1, 1, 7],
    notes: ["polygons-joined"],
  },
  {
    what: "neighbours in one MultiGeometry, around a hole",
    file: () => {
      const around = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => box(x, y, 1))).filter((_, i) => i !== 4);
      return kml(around.map((ring) => kmlPolygon(ring.map((it) => it.join()).join(" "))).join(""));
    },
    format: KML,
    sound: [1, 2, 16],
    notes: ["polygons-joined"],
  },
  {
    what: "neighbours, and one that overlaps both of them",
    file: () => multi([box(0, 0, 2)], [box(2, 0, 2)], [box(1.5, 1, 2)]),
    format: GEOJSON,
    faults: [["polygons-overlap", "coordinates[2][0][0]", [1.5, 1]]],
  },
  {
    what: "KML that links, overlays and has a placemark and a part without geometry",
    file: () =>
      kml(
        "<NetworkLink/><GroundOverlay/><Placemark/>",
        "<Placemark><MultiGeometry/></Placemark>",
        kmlPolygon(KML_RING),
      ),
    format: KML,
    faults: [
      ["type-not-taken", "kml/Document[0]/NetworkLink[0]"],
      ["type-not-taken", "kml/Document[0]/GroundOverlay[0]"],
      ["geometry-missing", "kml/Document[0]/Placemark[0]"],
      ["geometry-missing", "kml/Document[0]/Placemark[1]/MultiGeometry[0]"],
    ],
  },
  {
    what: "a shapefile padded with zeros, in a zip made of a tar",
    file: () => {
      const shp = Buffer.concat([shpOf([[clockwise(box(0, 0, 1))]]), Buffer.alloc(64)]);
      shp.writeInt32BE(shp.length / 2, 24);
      return zipOf({ name: "./a/b.shp", content: shp }, { name: "./__MACOSX/a/._b.shp", content: "x" });
    },
    format: SHAPEFILE,
    sound: [1, 1, 4],
    notes: ["rings-turned"],
  },
  {
    what: "an OSM boundary with its centre and its label",
    file: () =>
      osm(
        osmNodes([0, 0], [1, 0], [1, 1]),
        '<node id="9" lat="0.3" lon="0.5"><tag k="place" v="city"/></node>',
        way(1, 1, 2, 3, 1),
        '<relation id="1"><member type="way" ref="1" role="outer"/><member type="node" ref="9" role="admin_centre"/><tag k="type" v="boundary"/></relation>',
      ),
    format: OSM_XML,
    sound: [1, 1, 3],
  },
];

const feature = (...rings: unknown[]) =>
  JSON.stringify({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: rings } });

/** Files in gzip: one layer around anything that is taken by itself. */
const COMPRESSED: CorpusFile[] = [
  { what: "GeoJSON in gzip", file: () => gzipSync(SQUARE), format: GEOJSON, sound: [1, 1, 4] },
  {
    what: "KML in gzip, in two members",
    file: () => {
      const text = kml(kmlPolygon("10,20 11,20 11,21 10,20"));
      return Buffer.concat([gzipSync(text.slice(0, 99)), gzipSync(text.slice(99))]);
    },
    format: KML,
    sound: [1, 1, 3],
  },
  {
    what: "OSM XML in gzip",
    file: () => gzipSync(osm(osmNodes([0, 0], [1, 0], [1, 1]), way(1, 1, 2, 3, 1))),
    format: OSM_XML,
    sound: [1, 1, 3],
  },
  {
    what: "a .shp in gzip",
    file: () => gzipSync(shpOf([[clockwise(box(0, 0, 1))]])),
    format: SHAPEFILE,
    sound: [1, 1, 4],
    notes: ["rings-turned"],
  },
  {
    what: "a sequence in gzip",
    file: () => gzipSync(`${feature(box(0, 0, 1))}\n${feature(box(5, 5, 1))}\n`),
    format: GEOJSON,
    sound: [2, 2, 8],
  },
  {
    what: "faults of GeoJSON in gzip, where they are in it",
    file: () => gzipSync(features({ type: "Point", coordinates: [1, 2] })),
    format: GEOJSON,
    faults: [["type-not-taken", "features[0].geometry"]],
  },
  { what: "nothing in gzip", file: () => gzipSync(""), format: UNSPECIFIED, faults: [["file-empty", ""]] },
  {
    what: "gzip cut off",
    file: () => gzipSync(kml(kmlPolygon(KML_RING))).subarray(0, 100),
    format: UNSPECIFIED,
    faults: [["gzip-malformed", ""]],
  },
  {
    what: "gzip whose check sum is wrong",
    file: () => {
      const bytes = gzipSync(SQUARE);
      return bytes.fill(7, bytes.length - 8, bytes.length - 4);
    },
    format: UNSPECIFIED,
    faults: [["gzip-malformed", ""]],
  },
  {
    what: "a gzip bomb",
    file: () => gzipSync(`{"name":"${" ".repeat(3_000_000)}"}`),
    format: GEOJSON,
    faults: [["archive-inflates-too-far", ""]],
  },
  ...[
    ["a zip archive", () => zipOf({ name: "a.geojson", content: SQUARE })] as const,
    ["a gzip file", () => gzipSync(SQUARE)] as const,
    ["a tar archive", () => Buffer.alloc(1_024).fill("ustar", 257, 262)] as const,
  ].map(([what, file]) => ({
    what: `${what} in gzip`,
    file: () => gzipSync(file()),
    format: UNSPECIFIED,
    faults: [["gzip-of-archive", ""] as Expected],
  })),
];

/** Sequences of GeoJSON texts: one a record (RFC 8142), or one a line. */
const SEQUENCES: CorpusFile[] = [
  {
    what: "a sequence of records, of which neighbours are joined",
    file: () =>
      [feature(box(0, 0, 1)), polygon(box(1, 0, 1)), "", features(JSON.parse(polygon(box(5, 5, 1))))]
        .map((it) => `\u001e${it}\n`)
        .join(""),
    format: GEOJSON,
    sound: [2, 2, 10],
    notes: ["polygons-joined"],
  },
  {
    what: "records of several lines each, after a byte order mark",
    file: () => `\ufeff\u001e${SQUARE.replaceAll(",", ",\n")}\n\u001e${feature(box(0, 0, 1))}`,
    format: GEOJSON,
    sound: [2, 2, 8],
  },
  {
    what: "GeoJSON one a line, with empty lines and CRLF",
    file: () => `${SQUARE}\r\n\r\n${feature(box(0, 0, 1))}\r\n`,
    format: GEOJSON,
    sound: [2, 2, 8],
  },
  {
    what: "a sequence in a zip archive",
    file: () => zipOf({ name: "a.geojsonl", content: `${feature(box(0, 0, 1))}\n${feature(box(5, 5, 1))}` }),
    format: GEOJSON,
    sound: [2, 2, 8],
  },
  {
    what: "a sequence with faults, each reported by the number of its record",
    file: () =>
      [
        feature(box(0, 0, 1)),
        JSON.stringify({ type: "Feature", properties: {}, geometry: null }),
        '{"type":"Polygon","coordinates":[[0,0',
        features({ type: "Point", coordinates: [1, 2] }),
        feature(box(0.5, 0.5, 1)),
        "7",
      ].join("\n"),
    format: GEOJSON,
    faults: [
      ["geometry-missing", "records[1].geometry"],
      ["json-malformed", "records[2], line 3, column 38"],
      ["type-not-taken", "records[3].features[0].geometry"],
      ["not-an-object", "records[5]"],
      ["polygons-overlap", "records[4].geometry.coordinates[0][0]", [0.5, 0.5]],
    ],
  },
  {
    what: "lines of which the first is broken",
    file: () => `{"type":]\n${feature(box(0, 0, 1))}\n${feature(box(5, 5, 1))}`,
    format: GEOJSON,
    faults: [["json-malformed", "records[0], line 1, column 9"]],
  },
  {
    what: "a record with a fault, after records of many lines",
    file: () => `\u001e${SQUARE.replaceAll(",", ",\n")}\n\u001e{"type":]`,
    format: GEOJSON,
    faults: [["json-malformed", `records[1], line ${SQUARE.split(",").length + 1}, column 9`]],
  },
  {
    what: "an empty sequence",
    file: () => "\u001e\n\u001e\n",
    format: GEOJSON,
    faults: [["area-empty", ""]],
  },
];

/** Where a shapefile in UTM comes to lie. */
export const UTM_FILE = () =>
  zipOf(
    {
      name: "a.shp",
      content: shpOf([
        [
          clockwise([
            [500000, 5000000],
            [510000, 5000000],
            [510000, 5010000],
            [500000, 5010000],
            [500000, 5000000],
          ]),
        ],
      ]),
    },
    { name: "a.prj", content: UTM_32N },
  );

export const CORPUS: readonly CorpusFile[] = [
  ...SOUND,
  ...FOREIGN,
  ...COMPRESSED,
  ...SEQUENCES,
  ...BROKEN_FILES,
  ...BROKEN_AREAS,
];
