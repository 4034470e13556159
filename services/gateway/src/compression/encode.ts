import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { type Reply, withoutBody } from "../exchange.ts";
import { codedTag, heldTag } from "../requests/entity-tag.ts";
import { acceptedBy, type Coding } from "./coding.ts";
import { COMPRESSED_MIN_BYTES, compressed } from "./compress.ts";

/** Media types of text, and of what is as easily compressed. Pictures and archives are compressed already. */
const COMPRESSIBLE =
  /^(?:text\/(?!event-stream)|application\/(?:[^;]*[+.-])?(?:json|xml|javascript|yaml|x-ndjson|vnd\.mapbox-vector-tile)\b|image\/svg\+xml)/;

/** Whether a media type is worth compressing. Server-sent events are not: each would wait for the next ones. */
export function isCompressible(type: OutgoingHttpHeaders[string]): boolean {
  return typeof type === "string" && COMPRESSIBLE.test(type);
}

/**
 * Encodes an answer as its client accepts. Left as they are: what may carry a secret, small bodies, parts of a body, and what is
 * encoded already.
 */
export function encode(request: IncomingMessage, reply: Reply): Reply | Promise<Reply> {
  const { status, headers, body, secret, coded } = reply;
  const accept = request.headers["accept-encoding"];
  if (status === 304) return unchanged(request, reply);
  if (secret || status === 206 || headers["Content-Encoding"] !== undefined) return reply;
  if (body === undefined || !isCompressible(headers["Content-Type"])) return reply;
  const varying = { ...reply, headers: varyingHeaders(headers) };
  if (accept === undefined) return varying;
  const { coding, identity } = acceptedBy(request);
  if (coding === undefined || (identity && Buffer.byteLength(body) < COMPRESSED_MIN_BYTES)) return varying;
  const found = coded?.find(coding);
  if (found !== undefined) return codedReply(varying, coding, found);
  const made = compressed(Buffer.isBuffer(body) ? body : Buffer.from(body), coding);
  const keep = (it: Buffer) => {
    coded?.keep(coding, it);
    return codedReply(varying, coding, it);
  };
  return made instanceof Promise ? made.then(keep) : keep(made);
}

/** The headers of an answer in a coding: the tag names it too, as its bytes are others. */
export function codedHeaders(headers: OutgoingHttpHeaders, coding: Coding): OutgoingHttpHeaders {
  const { ETag: tag } = headers;
  return {
    ...headers,
    "Content-Encoding": coding,
    ...(typeof tag === "string" && { ETag: codedTag(tag, coding) }),
  };
}

/** The headers of an answer that depends on what its client accepts. */
export function varyingHeaders(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { Vary } = headers;
  return { ...headers, Vary: Vary === undefined ? "Accept-Encoding" : `${Vary}, Accept-Encoding` };
}

function codedReply(reply: Reply, coding: Coding, body: Buffer): Reply {
  return { ...reply, headers: codedHeaders(reply.headers, coding), body };
}

/** An answer without a body (RFC 9110, 15.4.5): what it would say of one, the client has already. */
function unchanged(request: IncomingMessage, reply: Reply): Reply {
  const { "Accept-Ranges": _, ...others } = withoutBody(reply.headers);
  const headers = varyingHeaders(others);
  const { ETag: tag } = headers;
  if (typeof tag === "string")
    headers.ETag = heldTag(request.headers["if-none-match"], tag, acceptedBy(request).coding);
  return { status: reply.status, headers };
}
