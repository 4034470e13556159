import { Readable } from "node:stream";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { FileFault } from "./file-fault.ts";
import type { AreaFileLimits } from "./file-reading.ts";
import { type OpenFile, rangeOf } from "./read-range.ts";
import type { Bytes } from "./text.ts";

/** Below this a file may inflate as far as it likes. */
export const RATIO_FROM_BYTES = 1024 * 1024;

/** The files in an archive that may have an area, by the ends of their names. */
const ENDINGS = [
  "shp",
  "kml",
  "geojson",
  "json",
  "gpx",
  "osm",
  "geojsonl",
  "geojsons",
  "geojsonseq",
  "ndjson",
  "jsonl",
] as const;
export type Ending = (typeof ENDINGS)[number];

/** The file in an archive that has the area. */
export interface AreaEntry {
  ending: Ending;
  bytes: () => Bytes;
  /** Of a shapefile: what says in which coordinates it is. */
  projection: (() => Bytes) | undefined;
  /** Of a shapefile: where its records are. */
  index: (() => Bytes) | undefined;
}

/**
 * Opens a zip archive and finds the file that has the area. What its directory says of sizes is not believed: what is
 * inflated is counted as it comes.
 */
export async function withArchive(
  file: OpenFile,
  limits: AreaFileLimits,
  read: (entry: AreaEntry) => Promise<void>,
): Promise<void> {
  try {
    const zip = await fromRandomAccessReaderPromise(new ArchiveReader(file), file.sizeBytes, {
      lazyEntries: true,
      autoClose: false,
    });
    if (zip.entryCount > limits.entries) throw new FileFault("archive-too-many-entries");
    await read(await areaEntry(zip, limits));
  } catch (error) {
    throw isOfArchive(error) ? new FileFault("archive-malformed") : error;
  }
}

/** An open file, as yauzl reads it. */
class ArchiveReader extends RandomAccessReader {
  readonly #file: OpenFile;

  constructor(file: OpenFile) {
    super();
    this.#file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(rangeOf(this.#file, start, end), { objectMode: false });
  }
}

async function areaEntry(zip: ZipFile, limits: AreaFileLimits): Promise<AreaEntry> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    // The directory may go on for longer than it says.
    if (entries.length === limits.entries) throw new FileFault("archive-too-many-entries");
    entries.push(entry);
  }
  const files = entries
    .map((entry) => ({ entry, fileName: nameOf(entry) }))
    .filter(({ fileName }) => !/(^|\/)(\.|__MACOSX\/)|(^|\/)$/.test(fileName));
  const budget = { left: limits.inflatedBytes };
  const opened = (entry: Entry) => () => inflated(zip, entry, limits, budget);
  for (const ending of ENDINGS) {
    const found = files.filter(({ fileName }) => fileName.toLowerCase().endsWith(`.${ending}`));
    // The KML of a KMZ archive is the one at its root; others are what it links to.
    const meant = ending === "kml" ? found.filter(({ fileName }) => !fileName.includes("/")) : found;
    const [file, other] = meant.length > 0 ? meant : found;
    if (file === undefined) continue;
    if (other !== undefined) throw new FileFault("archive-ambiguous");
    const beside = (part: string) => {
      const name = `${file.fileName.slice(0, -4)}.${part}`.toLowerCase();
      const found = files.find(({ fileName }) => fileName.toLowerCase() === name);
      return ending === "shp" && found ? opened(found.entry) : undefined;
    };
    return { ending, bytes: opened(file.entry), projection: beside("prj"), index: beside("shx") };
  }
  throw new FileFault("archive-without-area");
}

/** The name of an entry, without the "./" that tar writes before each. */
function nameOf({ fileName }: Entry): string {
  return fileName.replace(/^(\.\/+)+/, "");
}

async function* inflated(
  zip: ZipFile,
  entry: Entry,
  { inflationRatio }: AreaFileLimits,
  budget: { left: number },
): AsyncGenerator<Uint8Array> {
  const path = `/${nameOf(entry).replaceAll("/", "|")}`;
  if (entry.isEncrypted()) throw new FileFault("archive-encrypted", path);
  if (!entry.canDecodeFileData()) {
    throw new FileFault("archive-compression-not-taken", path, `method ${entry.compressionMethod}`);
  }
  let bytes = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    bytes += chunk.length;
    budget.left -= chunk.length;
    const tooFar = bytes > RATIO_FROM_BYTES && bytes > inflationRatio * entry.compressedSize;
    if (budget.left < 0 || tooFar) throw new FileFault("archive-inflates-too-far", path);
    yield chunk;
  }
}

/** Errors of yauzl and of zlib are plain ones; a file that cannot be read at all has a system call. */
function isOfArchive(error: unknown): boolean {
  if (!(error instanceof Error) || "syscall" in error) return false;
  const ofZlib = typeof (error as NodeJS.ErrnoException).code === "string" && "errno" in error;
  return error.constructor === Error || ofZlib;
}
