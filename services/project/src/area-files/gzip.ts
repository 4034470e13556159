import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { inflatesTooFar, RATIO_FROM_BYTES } from "./archive.ts";
import { FileFault } from "./file-fault.ts";
import type { AreaFileLimits } from "./file-reading.ts";
import { type OpenFile, rangeOf } from "./read-range.ts";

/** How a file begins that is compressed by gzip. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Inflates a gzip file as it is read. It may inflate as far as the files of an archive may. */
export async function* gunzipped(file: OpenFile, limits: AreaFileLimits): AsyncGenerator<Uint8Array> {
  // An error of either stream reaches the reader of the second.
  const inflating = pipeline(Readable.from(rangeOf(file)), createGunzip(), () => {});
  let bytes = 0;
  try {
    for await (const chunk of inflating as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      const tooFar = bytes > RATIO_FROM_BYTES && bytes > limits.inflationRatio * file.sizeBytes;
      if (bytes > limits.inflatedBytes || tooFar) throw inflatesTooFar(limits);
      yield chunk;
    }
  } catch (error) {
    throw isOfZlib(error) ? new FileFault("gzip-malformed") : error;
  }
}

function isOfZlib(error: unknown): boolean {
  return /^Z_|^ERR_/.test(String((error as NodeJS.ErrnoException | undefined)?.code));
}
