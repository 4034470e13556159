import { FileFault } from "./file-fault.ts";

/** Bytes as they come from a file or out of an archive. */
export type Bytes = AsyncIterable<Uint8Array>;

/** Reads text in UTF-8, or in UTF-16 if its byte order mark says so, as it comes. */
export async function* textOf(bytes: Bytes): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let begun: Uint8Array = new Uint8Array();
  try {
    for await (const chunk of bytes) {
      if (decoder !== undefined) {
        yield decoder.decode(chunk, { stream: true });
        continue;
      }
      begun = Buffer.concat([begun, chunk]);
      if (begun.length < 2) continue;
      decoder = new TextDecoder(encodingOf(begun), { fatal: true });
      yield decoder.decode(begun, { stream: true });
    }
    decoder ??= new TextDecoder("utf-8", { fatal: true });
    yield decoder.decode(begun.length < 2 ? begun : new Uint8Array());
  } catch (error) {
    if (error instanceof TypeError) throw new FileFault("text-malformed");
    throw error;
  }
}

/** The encoding that a text begins with. */
export function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

/** All of a text at once. */
export async function wholeText(bytes: Bytes): Promise<string> {
  const parts: string[] = [];
  for await (const part of textOf(bytes)) parts.push(part);
  return parts.join("");
}

/** All bytes at once. */
export async function allOf(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return chunks.length === 1 ? Buffer.from(chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
