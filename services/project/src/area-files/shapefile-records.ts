import { FileFault } from "./file-fault.ts";

/** How a shapefile and its index begin: their code, big-endian. */
export const SHAPEFILE_CODE = 9994;
const HEADER_BYTES = 100;
const RECORD_HEADER_BYTES = 8;
/** A record has at least its type. */
const LEAST_BYTES = 4;

/** A record of a shapefile. */
export interface ShapeRecord {
  path: string;
  body: Buffer;
}

/** The records of a .shp file: those that its index lists, or, without one, all that it has. */
export function recordsOf(shp: Buffer, shx: Buffer | undefined): Generator<ShapeRecord> {
  if (!isShapefile(shp)) throw new FileFault("shapefile-malformed", "/shp");
  const end = lengthOf(shp);
  if (end > shp.length || end < HEADER_BYTES) {
    const found = `${shp.length} bytes, where its header says ${end}`;
    throw new FileFault("shapefile-malformed", "/shp", found);
  }
  const whole = shp.subarray(0, end);
  return shx === undefined ? recordsInSequence(whole) : recordsListed(whole, shx);
}

function* recordsInSequence(shp: Buffer): Generator<ShapeRecord> {
  for (let [at, index] = [HEADER_BYTES, 0]; at < shp.length; index++) {
    // Some writers pad the file with zeros.
    if (isZero(shp, at)) return;
    const path = `/shp/record/${index}`;
    const body = recordAt(shp, at);
    if (body === undefined) throw new FileFault("shapefile-malformed", path);
    yield { path, body };
    at += RECORD_HEADER_BYTES + body.length;
  }
}

/** A record that was changed and grew stands at the end, and its place before is nobody's: the index says what counts. */
function* recordsListed(shp: Buffer, shx: Buffer): Generator<ShapeRecord> {
  const records = isShapefile(shx) ? (lengthOf(shx) - HEADER_BYTES) / RECORD_HEADER_BYTES : -1;
  if (!Number.isInteger(records) || records < 0 || lengthOf(shx) > shx.length) {
    throw new FileFault("shapefile-index-differs", "/shx", "an index that is damaged or cut off");
  }
  let end = HEADER_BYTES;
  for (let index = 0; index < records; index++) {
    const entry = HEADER_BYTES + index * RECORD_HEADER_BYTES;
    const at = 2 * shx.readInt32BE(entry);
    const body = at < HEADER_BYTES ? undefined : recordAt(shp, at);
    if (body === undefined || body.length !== 2 * shx.readInt32BE(entry + 4)) {
      throw new FileFault("shapefile-index-differs", `/shx/record/${index}`);
    }
    yield { path: `/shp/record/${index}`, body };
    end = Math.max(end, at + RECORD_HEADER_BYTES + body.length);
  }
  // A record with the next number is no leftover.
  const next = recordAt(shp, end);
  if (next !== undefined && shp.readInt32BE(end) === records + 1) {
    const found = `${records} records in the .shx, and another in the .shp`;
    throw new FileFault("shapefile-index-differs", `/shp/record/${records}`, found);
  }
}

/** The body of the record that begins at a place; undefined where none can. */
function recordAt(shp: Buffer, at: number): Buffer | undefined {
  const start = at + RECORD_HEADER_BYTES;
  if (start + LEAST_BYTES > shp.length) return undefined;
  const bytes = 2 * shp.readInt32BE(at + 4);
  return bytes < LEAST_BYTES || start + bytes > shp.length ? undefined : shp.subarray(start, start + bytes);
}

function isShapefile(file: Buffer): boolean {
  return file.length >= HEADER_BYTES && file.readInt32BE(0) === SHAPEFILE_CODE;
}

/** How long a file says that it is, in bytes. */
function lengthOf(file: Buffer): number {
  return 2 * file.readInt32BE(24);
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
