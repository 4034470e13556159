import { read as readAt } from "node:fs";
import { promisify } from "node:util";

/** So many bytes are read at once. */
const READ_BYTES = 256 * 1024;

const read = promisify(readAt);

/** The bytes of an open file from `start` to before `end`. The file stays open: a stream of Node's would close it. */
export async function* rangeOf(
  fd: number,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
    const { bytesRead } = await read(fd, buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
