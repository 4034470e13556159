/** How many bytes are read at once. */
const READ_BYTES = 256 * 1024;

/** A file that can be read, wherever it is. */
export interface OpenFile {
  sizeBytes: number;
  /** Returns at most `length` bytes from `position`; none at the end of the file. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/** The bytes of an open file from `start` to before `end`. */
export async function* rangeOf(
  file: OpenFile,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const bytes = await file.read(at, Math.min(READ_BYTES, end - at));
    if (bytes.length === 0) return;
    at += bytes.length;
    yield bytes;
  }
}
