import type { SentFile } from "../visits/form-data.ts";

/** Reads the beginning of a file. `parts` are all of its parts, also those that were read. */
export async function withHead(
  file: SentFile,
  bytes: number,
): Promise<{ head: Uint8Array; parts: SentFile["parts"] }> {
  const source = file.parts[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  for (let size = 0; size < bytes; size += read.at(-1)?.length ?? 0) {
    const next = await source.next();
    if (next.done) break;
    read.push(next.value);
  }
  async function* parts() {
    yield* read;
    yield* { [Symbol.asyncIterator]: () => source };
  }
  return { head: Buffer.concat(read), parts: parts() };
}
