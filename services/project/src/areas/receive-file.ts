import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import type { CreateAreaUploadRequest } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { areaFileTooLarge } from "./refusals.ts";

/** A file that was received. */
export interface ReceivedFile {
  requestId: string;
  fileName: string;
  mediaType: string;
  sizeBytes: number;
  sha256: Buffer;
  /** Open for reading. It has no name any more, so that it is gone when it is closed, or this process ends. */
  handle: FileHandle;
}

/**
 * Receives a file, chunk by chunk, no faster than the disk takes it, and none of it kept in memory. Refuses in this order:
 * FIELD_INVALID for a first message that names no request, AREA_FILE_TOO_LARGE as soon as it is.
 */
export async function receiveFile(
  messages: AsyncIterable<CreateAreaUploadRequest>,
  limitBytes: number,
  signal: AbortSignal,
): Promise<ReceivedFile> {
  const handle = await unnamedFile();
  try {
    const hash = createHash("sha256");
    let first: CreateAreaUploadRequest | undefined;
    let sizeBytes = 0;
    for await (const message of until(messages, signal)) {
      if (first === undefined && message.requestId === "") throw requestIdMissing();
      first ??= message;
      sizeBytes += message.chunk.length;
      if (sizeBytes > limitBytes) throw areaFileTooLarge(limitBytes);
      hash.update(message.chunk);
      // Writes all of it, where `write` may write less.
      if (message.chunk.length > 0) await handle.appendFile(message.chunk).catch(noSpace);
    }
    if (first === undefined) throw requestIdMissing();
    const { requestId, fileName, mediaType } = first;
    return { requestId, fileName, mediaType, sizeBytes, sha256: hash.digest(), handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function unnamedFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `tessera-area-${randomUUID()}`);
  const handle = await open(path, "wx+", 0o600).catch(noSpace);
  await unlink(path);
  return handle;
}

/** The disk is full, or may not be written to: nothing that the sender did. */
function noSpace(error: NodeJS.ErrnoException): never {
  throw new ConnectError(`no place for a file: ${error.code}`, Code.Unavailable);
}

/** Yields what arrives. Stops when the signal aborts, even if the sender stalls. */
async function* until<T>(messages: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const iterator = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), stopped.promise]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    // Not waited for: one that waits for a message itself would end only with that.
    void iterator.return?.().catch(() => {});
  }
}

function requestIdMissing() {
  return fieldInvalid([{ field: "request_id", description: "is required", rule: "required" }]);
}
