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
      if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw failureOf(error, "the output");
    });
  const part = `${path}.${process.pid}.part`;
  try {
    await pipeline(source, createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    throw failureOf(error, path);
  } finally {
    await rm(part, { force: true });
  }
}

function failureOf(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  const isOfFile = (error as NodeJS.ErrnoException).syscall !== undefined;
  return new Failure(
    isOfFile
      ? `${path} cannot be written: ${error.message}`
      : `The answer of the server broke off: ${error.message}`,
  );
}
