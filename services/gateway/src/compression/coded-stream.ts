import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { pipeline, type Writable } from "node:stream";
import type { BrotliCompress, Gzip, ZstdCompress } from "node:zlib";
import { type Exchange, headersOf } from "../exchange.ts";
import { acceptedBy, type Coding } from "./coding.ts";
import { compressor, flushOf } from "./compress.ts";
import { codedHeaders, isCompressible, varyingHeaders } from "./encode.ts";

/** At most this many streams are compressed at once: each takes about a megabyte. More of them are sent as they are. */
const COMPRESSED_STREAMS_MAX = 200;
let compressedStreams = 0;

/** How many streams are compressed now. */
export function compressedStreamCount(): number {
  return compressedStreams;
}

/** Where the parts of a body are written. */
export interface Outlet {
  /** Writes a part, and lets the client have it at once. False says to wait until `target` drains. */
  write(part: string | Buffer): boolean;
  end(part: string | Buffer): void;
  /** What takes the parts. */
  readonly target: Writable;
}

/** Sends the headers of an answer whose body comes in parts, compressed where the client accepts that. */
export function openOutlet(exchange: Exchange, headers: OutgoingHttpHeaders): Outlet {
  const { request, response, method } = exchange;
  const compressible = isCompressible(headers["Content-Type"]);
  const { coding } = acceptedBy(request);
  const all = compressible ? varyingHeaders(headers) : headers;
  if (!compressible || coding === undefined || compressedStreams >= COMPRESSED_STREAMS_MAX) {
    response.writeHead(200, headersOf(exchange, all));
    return plain(response);
  }
  response.writeHead(200, headersOf(exchange, codedHeaders(all, coding)));
  return method === "HEAD" ? plain(response) : coded(response, coding);
}

function plain(response: ServerResponse): Outlet {
  return {
    write: (part) => response.write(part),
    end: (part) => void response.end(part),
    target: response,
  };
}

function coded(response: ServerResponse, coding: Coding): Outlet {
  const target: BrotliCompress | Gzip | ZstdCompress = compressor(coding);
  compressedStreams += 1;
  target.once("close", () => {
    compressedStreams -= 1;
  });
  // Each ends with the other: a client that leaves ends the compressor.
  pipeline(target, response, () => {});
  return {
    write: (part) => {
      if (part.length === 0) return !target.writableNeedDrain;
      const more = target.write(part);
      target.flush(flushOf(coding));
      return more;
    },
    end: (part) => void target.end(part),
    target,
  };
}
