import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Part } from "./ranges.ts";

/** The files of lists may have this size together, unless the configuration says otherwise. */
export const SPOOLED_BYTES = 1024 * 1024 * 1024;
/** One of them has at most this part of it. */
const LARGEST_PART = 2;
/** At most this many are written at once. */
const WRITING_MAX = 4;
/** A file is read in pieces of this size. */
const PIECE_BYTES = 64 * 1024;

/** A whole answer in a temporary file. */
export interface SpooledFile {
  /** The service's tag of what is in it. */
  etag: string;
  length: number;
  /** Reads a part, a piece at a time. The file is there until it is read to its end, or the reader returns. */
  read(part: Part): AsyncGenerator<Buffer>;
}

/** Files that were written last, by resource and form. */
export interface SpooledFiles {
  find(key: string): SpooledFile | undefined;
  /**
   * Writes a file, or waits until another request has written the same. Undefined where it cannot be: there is no place for it, or
   * the disk refuses it.
   */
  write(key: string, etag: string, bytes: AsyncIterable<Buffer>): Promise<SpooledFile | undefined>;
  /** Removes all files. Those that are read are removed after that. */
  stop(): void;
}

/**
 * Keeps whole answers on disk, up to `bytes` together, so that a client can ask for parts of what is too large for memory. Each
 * file is unlinked as soon as it is open: nobody else can read it, and nothing of it is left when this process ends.
 */
export function spooledFiles(bytes: number = SPOOLED_BYTES): SpooledFiles {
  const largest = Math.floor(bytes / LARGEST_PART);
  const files = new LRUCache<string, OpenFile>({
    maxSize: Math.max(1, bytes),
    maxEntrySize: Math.max(1, largest),
    sizeCalculation: ({ length }) => Math.max(1, length),
    dispose: (file) => file.release(),
  });
  const writing = new Map<string, Promise<OpenFile | undefined>>();

  async function write(key: string, etag: string, from: AsyncIterable<Buffer>) {
    const name = `${etag} ${key}`;
    for (let other = writing.get(name); other !== undefined; other = writing.get(name)) {
      const file = await other.catch(() => undefined);
      if (file !== undefined) return file;
    }
    if (writing.size >= WRITING_MAX || bytes === 0) return undefined;
    const written = writeFile(etag, from, largest);
    writing.set(name, written);
    try {
      const file = await written;
      if (file !== undefined) files.set(key, file);
      return file;
    } finally {
      writing.delete(name);
    }
  }
  return { find: (key) => files.get(key), write, stop: () => files.clear() };
}

interface OpenFile extends SpooledFile {
  /** Says that it is no longer kept: it is closed once nobody reads it. */
  release(): void;
}

async function writeFile(
  etag: string,
  from: AsyncIterable<Buffer>,
  largest: number,
): Promise<OpenFile | undefined> {
  const handle = await openUnnamed();
  if (handle === undefined) return undefined;
  let length = 0;
  let isWhole = false;
  try {
    for await (const bytes of from) {
      length += bytes.length;
      if (length > largest) return undefined;
      await handle.writeFile(bytes);
    }
    isWhole = true;
  } finally {
    if (!isWhole) await handle.close();
  }
  return openFile(handle, etag, length);
}

/** Opens a file that has no name any more. Undefined where the folder for temporary files takes none. */
async function openUnnamed(): Promise<FileHandle | undefined> {
  const path = join(tmpdir(), `tessera-${randomUUID()}`);
  try {
    const handle = await open(path, "wx+", 0o600);
    await unlink(path);
    return handle;
  } catch {
    return undefined;
  }
}

function openFile(handle: FileHandle, etag: string, length: number): OpenFile {
  let readers = 0;
  let isKept = true;
  const closeUnused = () => {
    if (readers === 0 && !isKept) handle.close().catch(() => {});
  };
  async function* read({ start, end }: Part): AsyncGenerator<Buffer> {
    readers += 1;
    try {
      for (let at = start; at < end; ) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) throw new Error("a spooled file is shorter than it was");
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      readers -= 1;
      closeUnused();
    }
  }
  return {
    etag,
    length,
    read,
    release: () => {
      isKept = false;
      closeUnused();
    },
  };
}
