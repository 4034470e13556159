import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { Failure } from "./failure.ts";

/** Writes the body of an answer to a file, which is there only once it is whole; "-" for the standard output. */
export async function writeTo(path: string, { body }: Response): Promise<void> {
  if (body === null) throw new Error("the server sent nothing");
  const source = Readable.fromWeb(body as ReadableStream);
  if (path === "-")
    return pipeline(source, process.stdout, { end: false }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
    });
  const part = `${path}.part`;
  try {
    await pipeline(source, createWriteStream(part)).catch((error: unknown) => {
      if (error instanceof Error && error.name === "AbortError") throw error;
      throw new Failure(`${path} could not be written: ${error instanceof Error ? error.message : error}`);
    });
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
