import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  type ZipFile,
} from "yauzl";
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

/** Folders, what is hidden, and what macOS adds. */
const HIDDEN = /(^|\/)(\.(?!\.?\/)|__MACOSX\/)|(^|\/)$/;
/** What stands for the root of an archive, where paths in it are looked for. */
const ARCHIVE_URL = "archive://root/";
/** The most reported names of files. */
const NAMES_SHOWN = 3;

/** The file in an archive that has the area. */
export interface AreaEntry {
  name: string;
  ending: Ending;
  bytes: () => Bytes;
  /** Of a shapefile: what says in which coordinates it is. */
  projection: (() => Bytes) | undefined;
  /** Of a shapefile: where its records are. */
  index: (() => Bytes) | undefined;
  /** A file beside it that it refers to, by a path from it; undefined if there is none. */
  linked: (reference: string) => LinkedFile | undefined;
  /** Whether there are files that may have an area and were not read. */
  hasOthers: () => boolean;
}

/** A file of an archive that another one refers to. */
export interface LinkedFile {
  name: string;
  bytes: () => Bytes;
  linked: AreaEntry["linked"];
}

/** What an archive is compressed by, as the specification of zip numbers it. */
const METHODS: Readonly<Record<number, string>> = {
  1: "Shrink",
  6: "Implode",
  9: "Deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "Zstandard",
  95: "xz",
  98: "PPMd",
};

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
      // Nothing is written under these names, so that it does not matter what they are.
      decodeStrings: false,
    });
    if (zip.entryCount > limits.entries) throw tooManyEntries(limits);
    await read(await areaEntry(zip, limits));
  } catch (error) {
    throw isOfArchive(error) ? faultOf(error) : error;
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
    // The directory may be longer than it says.
    if (entries.length === limits.entries) throw tooManyEntries(limits);
    entries.push(entry);
  }
  const files = entries
    .map((entry) => ({ entry, fileName: nameOf(entry) }))
    .filter(({ fileName }) => !HIDDEN.test(fileName));
  const budget = { left: limits.inflatedBytes };
  const read = new Set<Entry>();
  const opened = (entry: Entry) => () => {
    read.add(entry);
    return inflated(zip, entry, limits, budget);
  };
  const candidates = ENDINGS.flatMap((ending) => files.filter((file) => hasEnding(file, ending)));
  const ending = ENDINGS.find((it) => candidates[0] && hasEnding(candidates[0], it));
  if (ending === undefined) throw new FileFault("archive-without-area", "", namesOf(files));
  const found = meant(
    candidates.filter((file) => hasEnding(file, ending)),
    ending,
  );
  const [file, other] = found;
  if (file === undefined || other !== undefined) throw new FileFault("archive-ambiguous", "", namesOf(found));
  const beside = (part: string) => {
    const name = `${file.fileName.slice(0, -4)}.${part}`.toLowerCase();
    const found = files.find(({ fileName }) => fileName.toLowerCase() === name);
    return ending === "shp" && found ? opened(found.entry) : undefined;
  };
  return {
    name: file.fileName,
    ending,
    bytes: opened(file.entry),
    projection: beside("prj"),
    index: beside("shx"),
    linked: linksFrom(file.fileName, files, opened),
    hasOthers: () => candidates.some(({ entry }) => !read.has(entry)),
  };
}

/** Finds the files that one file of an archive refers to. */
function linksFrom(
  from: string,
  files: readonly NamedEntry[],
  opened: (entry: Entry) => () => Bytes,
): AreaEntry["linked"] {
  return (reference) => {
    if (!URL.canParse(reference, ARCHIVE_URL + encodeURI(from))) return undefined;
    const { href, pathname } = new URL(reference, ARCHIVE_URL + encodeURI(from));
    if (!href.startsWith(ARCHIVE_URL)) return undefined;
    const found = files.find(
      ({ fileName }) => new URL(encodeURI(fileName), ARCHIVE_URL).pathname === pathname,
    );
    return (
      found && {
        name: found.fileName,
        bytes: opened(found.entry),
        linked: linksFrom(found.fileName, files, opened),
      }
    );
  };
}

/** A file of an archive, by its name. */
interface NamedEntry {
  entry: Entry;
  fileName: string;
}

/** Of files with one ending, those that may be meant. */
function meant(files: NamedEntry[], ending: Ending): NamedEntry[] {
  if (ending !== "kml") return files;
  // The KML of a KMZ archive is the one at its root, doc.kml by custom; others are what it links to.
  const atRoot = files.filter(({ fileName }) => !fileName.includes("/"));
  const main = atRoot.filter(({ fileName }) => fileName.toLowerCase() === "doc.kml");
  return [main, atRoot, files].find((it) => it.length > 0) ?? [];
}

function hasEnding({ fileName }: NamedEntry, ending: Ending): boolean {
  return fileName.toLowerCase().endsWith(`.${ending}`);
}

/** The names of some files, for a sentence. */
function namesOf(files: NamedEntry[]): string {
  if (files.length === 0) return "no file";
  const names = files.slice(0, NAMES_SHOWN).map(({ fileName }) => fileName.split("/").at(-1));
  const more = files.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The name of an entry, without the "./" that tar writes before each. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  return name.replace(/^(\.*\/+)+/, "");
}

async function* inflated(
  zip: ZipFile,
  entry: Entry,
  limits: AreaFileLimits,
  budget: { left: number },
): AsyncGenerator<Uint8Array> {
  const path = `/${nameOf(entry).replaceAll("/", "|")}`;
  if (entry.isEncrypted()) throw new FileFault("archive-encrypted", path);
  if (!entry.canDecodeFileData()) {
    const { compressionMethod: method } = entry;
    const known = METHODS[method];
    throw new FileFault(
      "archive-compression-not-taken",
      path,
      known ? `${known} (method ${method})` : `method ${method}`,
    );
  }
  let bytes = 0;
  let sum = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    bytes += chunk.length;
    budget.left -= chunk.length;
    const tooFar = bytes > RATIO_FROM_BYTES && bytes > limits.inflationRatio * entry.compressedSize;
    if (budget.left < 0 || tooFar) throw inflatesTooFar(limits, path);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32) throw new FileFault("archive-malformed", path, "a wrong check sum");
}

/** Something inflates to more bytes, or to more times its size, than is taken. */
export function inflatesTooFar({ inflatedBytes, inflationRatio }: AreaFileLimits, path = ""): FileFault {
  const found = `more than ${inflatedBytes} bytes, or ${inflationRatio} times its size`;
  return new FileFault("archive-inflates-too-far", path, found);
}

function tooManyEntries({ entries }: AreaFileLimits): FileFault {
  return new FileFault("archive-too-many-entries", "", `more than ${entries}`);
}

/** What yauzl says is wrong with an archive. */
function faultOf({ message }: Error): FileFault {
  if (message.startsWith("multi-disk")) return new FileFault("archive-in-parts");
  return new FileFault(message.startsWith("strong encryption") ? "archive-encrypted" : "archive-malformed");
}

/** Errors of yauzl and of zlib are plain ones; a file that cannot be read at all has a system call. */
function isOfArchive(error: unknown): error is Error {
  if (!(error instanceof Error) || "syscall" in error) return false;
  const ofZlib = typeof (error as NodeJS.ErrnoException).code === "string" && "errno" in error;
  return error.constructor === Error || ofZlib;
}
