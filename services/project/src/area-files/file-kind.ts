/** What a file that is not taken begins with: where, and the bytes in Latin-1. */
const BEGINNINGS: readonly (readonly [kind: string, position: number, bytes: string])[] = [
  ["a zip archive", 0, "PK"],
  ["a gzip file", 0, "\x1f\x8b"],
  ["a tar archive", 257, "ustar"],
  ["a 7z archive", 0, "7z\xbc\xaf"],
  ["a RAR archive", 0, "Rar!"],
  ["a file compressed by bzip2", 0, "BZh"],
  ["a file compressed by xz", 0, "\xfd7zXZ"],
  ["a file compressed by Zstandard", 0, "\x28\xb5\x2f\xfd"],
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
/** The kinds that have other files in them. */
const ARCHIVES = BEGINNINGS.slice(0, 8).map(([kind]) => kind);
/** How much of a text is shown. */
const SHOWN_LENGTH = 20;
const BINARY = /[^\t\n\r -~\u00a0-\u00ff]/;

/** Whether a file is a zip archive, by how it begins. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b;
}

/** Whether a file has other files in it, or one that is compressed. */
export function isArchive(head: Buffer): boolean {
  return ARCHIVES.includes(kindOf(head));
}

/** Says what a file is, by how it begins, for people who sent another than they meant. */
export function kindOf(head: Buffer): string {
  const begin = head.toString("latin1");
  const known = BEGINNINGS.find(([, position, bytes]) => begin.startsWith(bytes, position));
  if (known) return known[0];
  if (BINARY.test(begin)) return `bytes that begin with ${head.subarray(0, 4).toString("hex")}`;
  const text = head.toString("utf8").trim().replaceAll(/\s+/g, " ");
  return `a text that begins with ${JSON.stringify(text.slice(0, SHOWN_LENGTH))}`;
}
