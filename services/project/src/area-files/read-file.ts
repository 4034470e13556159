import { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { joinAndFindFaults } from "@tessera/geometry/validity/find-faults.ts";
import { type AreaEntry, type Ending, withArchive } from "./archive.ts";
import { FileFault, type FoundFault } from "./file-fault.ts";
import { archiveKind, isZip, kindOf } from "./file-kind.ts";
import {
  type AreaFileLimits,
  beginReading,
  EnoughFaults,
  FAULTS_MAX,
  type FileReading,
  foundFault,
} from "./file-reading.ts";
import { readGeoJsonFile } from "./geojson-file.ts";
import { gpxReader } from "./gpx.ts";
import { gunzipped, isGzip } from "./gzip.ts";
import { kmlReader } from "./kml.ts";
import { readKmz } from "./kmz.ts";
import { osmReader } from "./osm-xml.ts";
import { wordsOf } from "./path-words.ts";
import { readProjection } from "./projection.ts";
import { type OpenFile, rangeOf } from "./read-range.ts";
import { readShapefile } from "./shapefile.ts";
import { SHAPEFILE_CODE } from "./shapefile-records.ts";
import { allOf, type Bytes, encodingOf, peeked, wholeText } from "./text.ts";
import { parseXml, type XmlReader } from "./xml.ts";

/** What a file turned out to be. */
export interface ReadFile {
  format: AreaFormat;
  reading: FileReading;
  /** All that is wrong, in the words of the format. */
  faults: FoundFault[];
}

/** How many bytes are enough to detect the format of a file. */
const HEAD_BYTES = 4_096;

/** Polygons that overlap, where those that share an edge are joined. */
const OVERLAP = "Polygons must not overlap. Those that share an edge are joined; those that overlap are not.";

/** How GeoJSON begins, and a sequence of it (RFC 8142); an array gets a specific fault. */
const JSON_BEGINNINGS = ["{", "[", "\u001e"];

const XML_READERS: Record<string, [AreaFormat, (reading: FileReading) => XmlReader]> = {
  kml: [AreaFormat.KML, kmlReader],
  gpx: [AreaFormat.GPX, gpxReader],
  osm: [AreaFormat.OSM_XML, osmReader],
};

/** Reads the area in an open file. The content determines the format of the file. */
export async function readFile(opened: OpenFile, limits: AreaFileLimits): Promise<ReadFile> {
  const reading = beginReading(limits);
  const file = { format: AreaFormat.UNSPECIFIED };
  try {
    await readContent(file, reading, opened);
    if (reading.faults.length === 0 && reading.area.polygonLengths.length === 0) {
      throw new GeometryFault("area-empty", "");
    }
  } catch (error) {
    if (error instanceof FileFault || error instanceof GeometryFault) reading.faults.push(foundFault(error));
    else if (!(error instanceof EnoughFaults)) throw error;
  }
  if (reading.sources.some((it) => it.reversed)) reading.notes.add("rings-turned");
  const all = [...reading.faults, ...faultsOfArea(reading)].slice(0, FAULTS_MAX);
  const faults = all.map((it) => ({ ...it, path: wordsOf(it.path, file.format) }));
  return { format: file.format, reading, faults };
}

async function readContent(
  file: { format: AreaFormat },
  reading: FileReading,
  opened: OpenFile,
): Promise<void> {
  const head = Buffer.from(await opened.read(0, HEAD_BYTES));
  if (head.length === 0) throw new FileFault("file-empty");
  if (isZip(head)) return readArchive(file, reading, opened);
  if (!isGzip(head)) return readPlain(file, reading, head, rangeOf(opened));
  const inflated = await peeked(gunzipped(opened, reading.limits), HEAD_BYTES);
  const kind = archiveKind(inflated.head);
  if (kind !== undefined) throw new FileFault("gzip-of-archive", "", kind);
  return readPlain(file, reading, inflated.head, inflated.all);
}

/** Reads what is neither an archive nor compressed. */
async function readPlain(
  file: { format: AreaFormat },
  reading: FileReading,
  head: Buffer,
  bytes: Bytes,
): Promise<void> {
  if (head.length >= 4 && head.readInt32BE(0) === SHAPEFILE_CODE) {
    file.format = AreaFormat.SHAPEFILE;
    return readShapefile(reading, await allOf(bytes), undefined);
  }
  const begin = beginningOf(head);
  if (begin === "" && head.length < HEAD_BYTES) throw new FileFault("file-empty");
  if (begin.startsWith("<")) return readXml(file, reading, bytes);
  if (begin !== "" && !JSON_BEGINNINGS.includes(begin.charAt(0)))
    throw new FileFault("format-unknown", "", kindOf(head));
  file.format = AreaFormat.GEOJSON;
  await readGeoJsonFile(reading, bytes);
}

/** What a file begins with, as far as it is text. */
function beginningOf(head: Buffer): string {
  const encoding = encodingOf(head);
  return new TextDecoder(encoding.startsWith("utf-16") ? encoding : "latin1")
    .decode(head)
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart();
}

function readXml(file: { format: AreaFormat }, reading: FileReading, bytes: Bytes): Promise<void> {
  return parseXml(bytes, readerIn(file, reading), reading.limits.depth);
}

/** Finds the reader for a document by its root; `kml` is the one for KML, if it is another than usual. */
function readerIn(file: { format: AreaFormat }, reading: FileReading) {
  return (root: string, kml?: XmlReader): XmlReader => {
    const [format, reader] = XML_READERS[root] ?? [];
    if (format === undefined || reader === undefined)
      throw new FileFault("format-unknown", `/${root}`, `XML whose root is ${root}`);
    if (file.format === AreaFormat.UNSPECIFIED) file.format = format;
    return format === AreaFormat.KML && kml ? kml : reader(reading);
  };
}

const FORMATS: Record<Ending, AreaFormat> = {
  shp: AreaFormat.SHAPEFILE,
  kml: AreaFormat.KMZ,
  geojson: AreaFormat.GEOJSON,
  json: AreaFormat.GEOJSON,
  gpx: AreaFormat.GPX,
  osm: AreaFormat.OSM_XML,
  geojsonl: AreaFormat.GEOJSON,
  geojsons: AreaFormat.GEOJSON,
  geojsonseq: AreaFormat.GEOJSON,
  ndjson: AreaFormat.GEOJSON,
  jsonl: AreaFormat.GEOJSON,
};

function readArchive(file: { format: AreaFormat }, reading: FileReading, opened: OpenFile): Promise<void> {
  return withArchive(opened, reading.limits, async (entry) => {
    file.format = FORMATS[entry.ending];
    await readEntry(file, reading, entry);
    if (entry.hasOthers()) reading.notes.add("other-files-not-read");
  });
}

async function readEntry(
  file: { format: AreaFormat },
  reading: FileReading,
  entry: AreaEntry,
): Promise<void> {
  const { ending, bytes, projection, index } = entry;
  if (file.format === AreaFormat.GEOJSON) return readGeoJsonFile(reading, bytes());
  if (ending === "kml") return readKmz(reading, entry, readerIn(file, reading));
  if (ending !== "shp") return readXml(file, reading, bytes());
  let wkt: string | undefined;
  if (projection) wkt = await wholeText(projection());
  readShapefile(
    reading,
    await allOf(bytes()),
    wkt === undefined ? undefined : readProjection(wkt),
    index && (await allOf(index())),
  );
}

/**
 * Joins neighbours, and returns the faults of the polygons that could be read, each at the part of the file with its
 * ring.
 */
function faultsOfArea(reading: FileReading): FoundFault[] {
  const { area, sources, faults } = reading;
  if (area.polygonLengths.length === 0 || faults.length >= FAULTS_MAX) return [];
  const found = joinAndFindFaults(area, FAULTS_MAX - faults.length);
  if (found.area !== area) {
    reading.area = found.area;
    reading.notes.add("polygons-joined");
  }
  return found.faults.map((fault) => {
    const [, , polygon, ring, position] = fault.path.split("/");
    let index = Number(ring ?? 0);
    for (let i = 0; i < Number(polygon); i++) index += area.polygonLengths[i] as number;
    const source = sources[index];
    if (source === undefined) return faultOf(fault);
    const last = (area.ringLengths[index] as number) - 1;
    const at = source.reversed ? last - Number(position) : Number(position);
    const path = position === undefined ? source.path : `${source.path}/${at}`;
    return { ...faultOf(fault), path };
  });
}

/** A fault of the area of a file, in which polygons may share an edge. */
function faultOf(fault: GeometryFault): FoundFault {
  const found = foundFault(fault);
  return fault.rule === "polygons-overlap" ? { ...found, description: OVERLAP } : found;
}
