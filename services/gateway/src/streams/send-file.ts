import type { OutgoingHttpHeaders } from "node:http";
import type { Outlet } from "../compression/coded-stream.ts";
import { acceptedBy } from "../compression/coding.ts";
import { varyingHeaders } from "../compression/encode.ts";
import { type Exchange, headersOf, send, withoutBody } from "../exchange.ts";
import { partFor } from "../files/ranges.ts";
import type { SpooledFile } from "../files/spooled-files.ts";
import { drained } from "./drained.ts";

interface How {
  headers: OutgoingHttpHeaders & { ETag?: string };
  /** Sends the headers of a body that is compressed on its way. */
  openWith(headers: OutgoingHttpHeaders): Outlet;
  /** Whether the whole is sent, whatever part is asked for. */
  isWhole: boolean;
}

/** Sends a spooled file, or the part of it that the request wants, as fast as the client reads it. */
export async function sendFile(
  exchange: Exchange,
  file: SpooledFile,
  { headers, openWith, isWhole }: How,
  signal: AbortSignal,
): Promise<void> {
  const { request, response, method } = exchange;
  const asked = isWhole ? { method, headers: {} } : request;
  const { status, headers: said, part } = partFor(asked, headers.ETag ?? "", file.length);
  if (status === 416) return send(exchange, { status, headers: { ...withoutBody(headers), ...said } });
  const pieces = method === "HEAD" ? nothing() : file.read(part);
  try {
    // Before the headers: the file is kept from here on, or the failure is an ordinary one.
    const first = await pieces.next();
    const isCoded = status === 200 && acceptedBy(request).coding !== undefined;
    const outlet = isCoded ? openWith(headers) : openPlain();
    for (let next = first; !next.done; next = await pieces.next()) {
      if (!outlet.write(next.value)) await drained(outlet.target, signal);
    }
    outlet.end("");
  } finally {
    await pieces.return(undefined);
  }

  function openPlain(): Outlet {
    const length = { "Content-Length": part.end - part.start };
    response.writeHead(status, headersOf(exchange, varyingHeaders({ ...headers, ...said, ...length })));
    return {
      write: (bytes) => response.write(bytes),
      end: () => void response.end(),
      target: response,
    };
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}
