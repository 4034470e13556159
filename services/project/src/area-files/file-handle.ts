import { fstatSync, read as readAt } from "node:fs";
import { promisify } from "node:util";
import type { OpenFile } from "./read-range.ts";

const read = promisify(readAt);

/** A file that this process has open. It stays open. */
export function fileOf(fd: number): OpenFile {
  return {
    sizeBytes: fstatSync(fd).size,
    async read(position, length) {
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await read(fd, buffer, 0, length, position);
      return buffer.subarray(0, bytesRead);
    },
  };
}
