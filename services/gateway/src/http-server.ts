import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { plainProblem } from "./problems/problem.ts";

/** The bounds of the server. */
export interface ServerLimits {
  /** All headers of a request together, in bytes. */
  headersMaxBytes: number;
  connectionsMax: number;
  /** How long headers may take to arrive, in milliseconds. */
  headersTimeoutMs: number;
  /** How long a whole request may take to arrive, in milliseconds. */
  requestTimeoutMs: number;
  /** How long a connection is kept without a request, in milliseconds. Longer than balancers keep theirs. */
  keepAliveMs: number;
}

/** How often the limits of time are looked at, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** How long a connection may stand still with an answer half taken, in milliseconds. */
const IDLE_MAX_MS = 60_000;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Makes the HTTP server: every limit set, and every error a problem document, also those that Node itself meets. */
export function httpServer(listener: Listener, limits: ServerLimits): Server {
  const current = new WeakMap<object, ServerResponse>();
  const listen: Listener = (request, response) => {
    current.set(request.socket, response);
    listener(request, response);
  };
  const server = createServer(
    {
      maxHeaderSize: limits.headersMaxBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: LOOK_EVERY_MS,
      keepAliveTimeout: limits.keepAliveMs,
      // Node's own answer to a missing Host has no body; ours is a problem document.
      requireHostHeader: false,
      noDelay: true,
    },
    listen,
  );
  server.maxConnections = limits.connectionsMax;
  server.timeout = IDLE_MAX_MS;
  // A client that expects 100 gets it when the body is wanted; a client that expects anything else is answered as
  // usual.
  server.on("checkContinue", listen);
  server.on("checkExpectation", listen);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    answerRaw(socket, current.get(socket), statusOf(error.code));
  });
  server.on("connect", (_request: IncomingMessage, socket: Socket) => answerRaw(socket, undefined, 405));
  return server;
}

function statusOf(code: string | undefined): number {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  return code === "HPE_CHUNK_EXTENSIONS_OVERFLOW" ? 413 : 400;
}

/**
 * Answers on a connection on which no request could be read. Where an answer is on its way already, another one would
 * be taken for it, so the connection is only ended.
 */
function answerRaw(socket: Socket, response: ServerResponse | undefined, status: number): void {
  const busy = response !== undefined && !response.writableFinished;
  if (!socket.writable || (busy && (response.headersSent || response.req.complete))) {
    socket.destroy();
    return;
  }
  const id = randomUUID();
  const problem = plainProblem(status);
  const body = JSON.stringify({ ...problem, retryable: status === 408, request_id: id });
  const lines = [
    `HTTP/1.1 ${status} ${problem.title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Request-Id: ${id}`,
    "Cache-Control: no-store",
    "Connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  // What still arrives is read and dropped, or the answer would be lost with the connection.
  socket.resume();
  setTimeout(() => socket.destroy(), LOOK_EVERY_MS).unref();
}
