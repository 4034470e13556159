import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Coding } from "./compression/coding.ts";
import { encode } from "./compression/encode.ts";
import type { Site } from "./public-url.ts";

/** How long the rest of a body that nobody wants is let in, so that its sender gets to see the answer. */
const LINGER_MS = 2_000;

/** One HTTP request under way, and what its log line will say. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Where clients reach the gateway. */
  site: Site;
  /** The gateway's own id of it. */
  id: string;
  method: string;
  /** As it was sent: percent-encoded. */
  path: string;
  /** Without "?". */
  query: string;
  startedMs: number;
  /** Aborts when the client leaves. */
  signal: AbortSignal;
  /** The path template; "" where none was found. */
  template: string;
  /** Why it was refused; "" where it was not. */
  reason: string;
  /** The key of the command, for the header that says it back. */
  key: string | undefined;
  /** The fields of the limits by which it was counted. */
  limits: OutgoingHttpHeaders | undefined;
  /** What the contract says about an RPC that callers are to leave. */
  deprecation: OutgoingHttpHeaders | undefined;
  /** Whether the URL carries a ticket; such an answer is never cached or sent as a referrer. */
  hasTicket: boolean;
}

/** An answer that is known as a whole. */
export interface Reply {
  status: number;
  headers: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** Whether it may carry a secret, so that its length must say nothing of what is in it: it is not compressed. */
  secret?: boolean;
  /** Where its compressed bodies are kept; they are made each time unless given. */
  coded?: CodedBodies;
}

/** The compressed bodies of an answer that is sent again. */
export interface CodedBodies {
  find(coding: Coding): Buffer | undefined;
  keep(coding: Coding, body: Buffer): void;
}

/** Begins an exchange. */
export function exchangeOf(request: IncomingMessage, response: ServerResponse, site: Site): Exchange {
  // A proxy is asked with a whole URL, and may hand it on.
  const url = request.url ?? "/";
  const target = url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?]*/i, "") || "/";
  const mark = target.indexOf("?");
  const controller = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return {
    request,
    response,
    site,
    id: randomUUID(),
    method: request.method ?? "GET",
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? "" : target.slice(mark + 1),
    startedMs: performance.now(),
    signal: controller.signal,
    template: "",
    reason: "",
    key: undefined,
    limits: undefined,
    deprecation: undefined,
    hasTicket: false,
  };
}

/** The headers that every answer has. */
export function everyHeader({ id, key, limits, deprecation }: Exchange): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { "Request-Id": id, "X-Content-Type-Options": "nosniff" };
  if (key !== undefined) headers["Idempotency-Key"] = key;
  if (limits !== undefined) Object.assign(headers, limits);
  if (deprecation !== undefined) Object.assign(headers, deprecation);
  return headers;
}

/** All headers of an answer. What it varies by, and its links, join those that every such answer has. */
export function headersOf(exchange: Exchange, own: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const every = everyHeader(exchange);
  const { Link: links } = every;
  const headers = Object.assign(every, own);
  if (links !== undefined && own.Link !== undefined) headers.Link = `${own.Link}, ${links}`;
  // An answer with a cookie is for its reader alone.
  if (exchange.response.hasHeader("Set-Cookie")) headers["Cache-Control"] = "private, no-store";
  if (exchange.hasTicket) {
    // A stream's own "no-store, no-transform" stays.
    if (!String(headers["Cache-Control"]).includes("no-store"))
      headers["Cache-Control"] = "private, no-store";
    headers["Referrer-Policy"] = "no-referrer";
  }
  const before = exchange.response.getHeader("Vary");
  if (before !== undefined) headers.Vary = own.Vary === undefined ? before : joined(`${before}, ${own.Vary}`);
  return headers;
}

/** A list of field names, each once. */
function joined(names: string): string {
  const known = new Map(names.split(",").map((it) => [it.trim().toLowerCase(), it.trim()]));
  return [...known.values()].join(", ");
}

/** The headers of an answer that has no body. */
export function withoutBody(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { "Content-Type": _type, "Content-Disposition": _disposition, ...others } = headers;
  return others;
}

/** Sends an answer, compressed where the client accepts that: headers and body are one write. */
export function send(exchange: Exchange, reply: Reply): void {
  const { request, response } = exchange;
  if (response.headersSent || response.destroyed) return;
  const encoded = encode(request, reply);
  if (encoded instanceof Promise) encoded.then((it) => write(exchange, it), reset(response));
  else write(exchange, encoded);
}

/** What cannot be encoded is no answer. */
function reset(response: ServerResponse) {
  return () => void response.destroy();
}

function write(exchange: Exchange, { status, headers, body = "" }: Reply): void {
  const { request, response } = exchange;
  // The client may have left while the body was compressed.
  if (response.headersSent || response.destroyed) return;
  const all = headersOf(exchange, headers);
  const length = Buffer.byteLength(body);
  if (status !== 204 && status !== 304) all["Content-Length"] = length;
  response.writeHead(status, all);
  // Text of one byte a character is written without being encoded.
  response.end(body, length === body.length ? "latin1" : "utf8");
  lingerAfter(request);
}

/** Lets the rest of a body in for a while after the answer was sent. */
export function lingerAfter(request: IncomingMessage): void {
  if (hasBody(request) && !request.complete) linger(request);
}

/** Whether a request says that a body follows. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/**
 * Lets Node read and drop the rest of a body for a while. A connection that is closed while its client still sends is
 * reset, and the client may never see the answer.
 */
function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, LINGER_MS);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
}
