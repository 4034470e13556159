import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Exchange, headersOf, lingerAfter } from "../exchange.ts";
import { drained } from "./drained.ts";

/** A server whose answers go to clients as they are, and what of a request and of an answer goes through. */
export interface Passage {
  /** "http://host:port" */
  origin: string;
  /** In lower case. One that ends in a hyphen stands for all that begin with it. */
  requestHeaders: readonly string[];
  responseHeaders: readonly string[];
  /** Whether the server gets a cookie of this name. */
  takesCookie(name: string): boolean;
  /** How many connections to the server there are at most; other requests wait. */
  socketsMax: number;
  /** The longest time until an answer begins, and the longest pause in it, in milliseconds: SILENCE_MAX_MS unless given. */
  silenceMaxMs?: number;
}

/** What a request has beside its own headers. */
export interface Sent {
  headers: OutgoingHttpHeaders;
  /** Parts are taken no faster than the server takes them. */
  body?: Buffer | AsyncIterable<Buffer> | undefined;
}

/** An answer that has begun. */
export interface Passed {
  status: number;
  cookies: readonly string[];
  /** Whether it is a stream of events, which may last for as long as its reader does. */
  isStream: boolean;
  /** Sends it to the client as it comes. It ends where `ending` aborts. */
  send(ending?: AbortSignal): Promise<void>;
  /** Leaves it. */
  drop(): void;
}

/** Passes requests on to one server. */
export interface PassThrough {
  /** Sends a request on. Throws UNAVAILABLE if no answer begins. */
  ask(exchange: Exchange, sent: Sent): Promise<Passed>;
  stop(): void;
}

/** Services behind that server have 5 s. */
const SILENCE_MAX_MS = 20_000;

/** Makes what passes requests on to the server of a passage. Bodies go through as they come, unread. */
export function passThrough(passage: Passage): PassThrough {
  const agent = new Agent({ keepAlive: true, maxSockets: passage.socketsMax });
  const base = new URL(passage.origin);
  const server = { agent, hostname: base.hostname.replace(/^\[|\]$/g, ""), port: base.port };
  const ask = (exchange: Exchange, { headers, body }: Sent, isAgain = false): Promise<Passed> => {
    const { request, method, path, query, signal } = exchange;
    const sent = httpRequest({
      ...server,
      method,
      path: query === "" ? path : `${path}?${query}`,
      headers: {
        ...picked(request.headers, passage.requestHeaders),
        ...cookiesOf(request.headers, passage),
        ...headers,
        ...lengthOf(request.headers, body),
      },
      signal,
    });
    return answerTo(exchange, sent, passage, body).catch((error) => {
      // The server closed the connection just when it was used again: it has not seen the request.
      const isStale = sent.reusedSocket && causeOf(error)?.code === "ECONNRESET";
      const isRead = method === "GET" || method === "HEAD";
      if (isStale && isRead && !isAgain) return ask(exchange, { headers }, true);
      throw error;
    });
  };
  return { ask: (exchange, sent) => ask(exchange, sent), stop: () => agent.destroy() };
}

/** Sends a body, and waits until the answer begins. */
function answerTo(
  exchange: Exchange,
  sent: ClientRequest,
  passage: Passage,
  body: Sent["body"],
): Promise<Passed> {
  const { response } = exchange;
  const { promise, resolve, reject } = Promise.withResolvers<Passed>();
  let fail: (error: unknown) => void = reject;
  let isClientsTurn = () => false;
  const silence = setTimeout(() => {
    // How long a client may take is seen to elsewhere.
    if (isClientsTurn() || response.writableNeedDrain) silence.refresh();
    else sent.destroy(new Error("silence"));
  }, passage.silenceMaxMs ?? SILENCE_MAX_MS);
  sent.on("drain", () => silence.refresh());
  sent.on("close", () => clearTimeout(silence));
  sent.on("error", (cause) => fail(unavailable(cause)));
  sent.on("response", (received) => {
    received.on("error", (error) => fail(error));
    resolve({
      status: received.statusCode ?? 502,
      cookies: received.headers["set-cookie"] ?? [],
      isStream: isStream(received),
      send: (ending) => {
        fail = () => received.complete || response.destroy();
        silence.refresh();
        received.on("data", () => silence.refresh());
        return sendOn(exchange, { sent, received, passage, ending });
      },
      drop: () => {
        fail = () => {};
        if (isStream(received)) sent.destroy();
        else received.resume();
      },
    });
  });
  if (body === undefined || Buffer.isBuffer(body)) {
    sent.end(body);
    return promise;
  }
  isClientsTurn = () => !sent.writableEnded && !sent.writableNeedDrain;
  sendParts(exchange, sent, body)
    .then(() => silence.refresh())
    .catch((error) => {
      // Where the server ended the request, it has answered or failed.
      if (sent.destroyed) return;
      fail(error);
      sent.destroy();
    });
  return promise;
}

async function sendParts(
  exchange: Exchange,
  sent: ClientRequest,
  parts: AsyncIterable<Buffer>,
): Promise<void> {
  const closed = new AbortController();
  sent.on("close", () => closed.abort());
  const either = AbortSignal.any([exchange.signal, closed.signal]);
  for await (const part of parts) {
    if (sent.destroyed) return;
    if (!sent.write(part)) await drained(sent, either);
  }
  sent.end();
}

/** Sends an answer to the client as it comes. */
function sendOn(
  exchange: Exchange,
  {
    sent,
    received,
    passage,
    ending,
  }: { sent: ClientRequest; received: IncomingMessage; passage: Passage; ending: AbortSignal | undefined },
): Promise<void> {
  const { request, response } = exchange;
  const { vary: Vary, link: Link, ...headers } = picked(received.headers, passage.responseHeaders);
  response.writeHead(
    received.statusCode ?? 502,
    headersOf(exchange, { ...headers, ...(Vary && { Vary }), ...(Link && { Link }) }),
  );
  // The client of a stream learns that it has begun before there is anything in it.
  if (isStream(received)) response.flushHeaders();
  const end = () => {
    received.unpipe(response);
    response.end();
    sent.destroy();
  };
  ending?.addEventListener("abort", end);
  return new Promise((resolve) => {
    received.on("end", () => {
      if (!sent.writableFinished) sent.destroy();
      lingerAfter(request);
    });
    received.pipe(response).on("close", () => {
      ending?.removeEventListener("abort", end);
      resolve();
    });
  });
}

function isStream({ headers }: IncomingMessage): boolean {
  return headers["content-type"]?.startsWith("text/event-stream") ?? false;
}

/** The length of a body where it is known. */
function lengthOf(headers: IncomingHttpHeaders, body: Sent["body"]): OutgoingHttpHeaders {
  const length = Buffer.isBuffer(body) ? body.length : headers["content-length"];
  return body === undefined || length === undefined ? {} : { "content-length": length };
}

/** The headers of a list: those of Node are in lower case. */
function picked(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  const prefixes = names.filter((it) => it.endsWith("-"));
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => names.includes(name) || prefixes.some((it) => name.startsWith(it)),
    ),
  );
}

/** The cookies that a server gets: others belong to others. */
function cookiesOf({ cookie }: IncomingHttpHeaders, { takesCookie }: Passage): OutgoingHttpHeaders {
  if (cookie === undefined) return {};
  const cookies = cookie.split(";").map((it) => it.trim());
  const taken = cookies.filter((it) => takesCookie(it.split("=", 1)[0] as string));
  return taken.length === 0 ? {} : { cookie: taken.join("; ") };
}

function unavailable(cause: Error): ConnectError {
  return new ConnectError(
    "the upstream server does not answer",
    Code.Unavailable,
    undefined,
    undefined,
    cause,
  );
}

function causeOf(error: unknown): NodeJS.ErrnoException | undefined {
  return error instanceof ConnectError ? (error.cause as NodeJS.ErrnoException) : undefined;
}
