import { FileFault } from "./file-fault.ts";

/** Bytes as they come from a file or out of an archive. */
export type Bytes = AsyncIterable<Uint8Array>;

/** The bytes that hold the declaration at the start of XML. */
const DECLARATION_BYTES = 200;

/**
 * Reads text as it comes: in UTF-8, in UTF-16 if its byte order mark says so, or in what it declares, if it is XML that
 * does.
 */
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
      if (begun.length < DECLARATION_BYTES) continue;
      decoder = new TextDecoder(encodingOf(begun), { fatal: true });
      yield decoder.decode(begun, { stream: true });
    }
    yield decoder === undefined
      ? new TextDecoder(encodingOf(begun), { fatal: true }).decode(begun)
      : decoder.decode();
  } catch (error) {
    // An encoding that nobody knows is a RangeError, bytes that are none of its own a TypeError.
    if (error instanceof TypeError || error instanceof RangeError) throw new FileFault("text-malformed");
    throw error;
  }
}

/** The encoding of a text that begins so. */
export function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const begin = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString("latin1");
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(begin)?.[1] ?? "utf-8";
  // What declares UTF-16 in letters of one byte each is not in it.
  return /^utf-?16/i.test(declared) ? "utf-8" : declared;
}

/** The first bytes, at least as many as are asked for if there are, and all bytes with them. */
export async function peeked(bytes: Bytes, length: number): Promise<{ head: Buffer; all: Bytes }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const rest: Bytes = { [Symbol.asyncIterator]: () => iterator };
  async function* all() {
    yield head;
    yield* rest;
  }
  return { head, all: all() };
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
