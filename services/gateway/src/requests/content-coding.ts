import type { IncomingMessage } from "node:http";
import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import {
  brotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  gunzip,
  inflate,
} from "node:zlib";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { refuseHttp } from "../http-refusal.ts";
import { bodyTooLarge } from "./body.ts";

/** The content codings of bodies that are taken. */
const CODINGS = {
  gzip: { whole: promisify(gunzip), stream: createGunzip },
  "x-gzip": { whole: promisify(gunzip), stream: createGunzip },
  deflate: { whole: promisify(inflate), stream: createInflate },
  br: { whole: promisify(brotliDecompress), stream: createBrotliDecompress },
};

type Coding = keyof typeof CODINGS;

/** The content coding of a body; undefined for none. Refuses with UNSUPPORTED_MEDIA_TYPE one that is not taken. */
export function codingOf({ headers }: IncomingMessage): Coding | undefined {
  const coding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (coding === "identity" || coding === "") return undefined;
  if (Object.hasOwn(CODINGS, coding)) return coding as Coding;
  throw refuseHttp(Reason.UNSUPPORTED_MEDIA_TYPE, {
    metadata: { accepted: "gzip, deflate, br" },
    detail: "The body's Content-Encoding must be one of gzip, deflate and br, or absent",
  });
}

/** Decodes a body. One that becomes larger than `maxBytes` is refused before more of it is made. */
export async function decoded(bytes: Buffer, coding: Coding | undefined, maxBytes: number): Promise<Buffer> {
  if (coding === undefined || bytes.length === 0) return bytes;
  try {
    return await CODINGS[coding].whole(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
      ? bodyTooLarge(maxBytes)
      : malformed(coding);
  }
}

/** Decodes a body as it comes, no faster than it is taken, up to `maxBytes`. */
export async function* decodedParts(
  parts: AsyncGenerator<Buffer>,
  coding: Coding | undefined,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  if (coding === undefined) return yield* parts;
  let failure: unknown;
  const source = Readable.from(parts, { objectMode: false }).once("error", (error) => {
    failure = error;
  });
  const stream = pipeline(source, CODINGS[coding].stream(), () => {});
  let bytes = 0;
  try {
    for await (const part of stream) {
      bytes += part.length;
      if (bytes > maxBytes) throw bodyTooLarge(maxBytes);
      yield part;
    }
  } catch (error) {
    if (failure !== undefined) throw failure;
    // Errors of zlib have a number.
    throw "errno" in (error as object) ? malformed(coding) : error;
  }
}

function malformed(coding: Coding) {
  return refuseHttp(Reason.BODY_MALFORMED, {
    faults: [
      { in: "body", name: "", detail: `is not ${coding}, as its Content-Encoding says`, rule: "body.coding" },
    ],
  });
}
