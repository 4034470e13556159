/** A kind of file, where in it its mark stands, and the mark in Latin-1. */
type Mark = readonly [kind: string, position: number, bytes: string];

/** How a zip archive begins: with a file, with the end of an empty one, or as the first part of several. */
const ZIP_SIGNATURES = ["PK\x03\x04", "PK\x05\x06", "PK\x07\x08"];

/** Files that have other files in them, or one that is compressed. */
const ARCHIVES: readonly Mark[] = [
  ...ZIP_SIGNATURES.map((it): Mark => ["a zip archive", 0, it]),
  ["a gzip file", 0, "\x1f\x8b"],
  ["a tar archive", 257, "ustar"],
  ["a 7z archive", 0, "7z\xbc\xaf"],
  ["a RAR archive", 0, "Rar!"],
  ["a file compressed by bzip2", 0, "BZh"],
  ["a file compressed by xz", 0, "\xfd7zXZ"],
  ["a file compressed by Zstandard", 0, "\x28\xb5\x2f\xfd"],
];

/** Other files that people take for one with an area, some of which have one. */
const OTHERS: readonly Mark[] = [
  ["a GeoPackage or another SQLite database", 0, "SQLite format 3"],
  ["FlatGeobuf", 0, "fgb"],
  ["Parquet", 0, "PAR1"],
  ["a PDF document", 0, "%PDF"],
  ["a PNG picture", 0, "\x89PNG"],
  ["a JPEG picture", 0, "\xff\xd8\xff"],
  ["a TIFF picture", 0, "II*\0"],
  ["a TIFF picture", 0, "MM\0*"],
  ["an OSM PBF file", 4, "\n\tOSMHeader"],
  ["well-known text (WKT)", 0, "POLYGON"],
  ["well-known text (WKT)", 0, "MULTIPOLYGON"],
  ["well-known text (WKT)", 0, "SRID="],
];

/** How much of a text is shown. */
const SHOWN_LENGTH = 20;
const SHOWN_BYTES = 4;
const BINARY = /[^\t\n\r -~\u00a0-\u00ff]/;

/** Whether a file is a zip archive, by how it begins. */
export function isZip(head: Buffer): boolean {
  return ZIP_SIGNATURES.includes(head.toString("latin1", 0, 4));
}

/** What sort of archive a file is, by how it begins; undefined for what is none. */
export function archiveKind(head: Buffer): string | undefined {
  return kindIn(ARCHIVES, head);
}

/** Says what a file is, by how it begins, for people who sent another than they meant. */
export function kindOf(head: Buffer): string {
  const known = archiveKind(head) ?? kindIn(OTHERS, head);
  if (known !== undefined) return known;
  if (BINARY.test(head.toString("latin1"))) {
    return `bytes that begin with ${head.toString("hex", 0, SHOWN_BYTES)}`;
  }
  const text = head.toString("utf8").trim().replaceAll(/\s+/g, " ");
  return `a text that begins with ${JSON.stringify(text.slice(0, SHOWN_LENGTH))}`;
}

function kindIn(marks: readonly Mark[], head: Buffer): string | undefined {
  const begin = head.toString("latin1");
  return marks.find(([, position, bytes]) => begin.startsWith(bytes, position))?.[0];
}
