import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, BlockList } from "node:net";
import { clientAddress } from "@tessera/rpc/admission/client-address.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import { type Answer, sentence } from "./answer.ts";
import { type HttpAsk, readForm } from "./http-ask.ts";

const CONNECTIONS_MAX = 1_000;
/** A request must be there, with its small body, within this. */
const REQUEST_MAX_MS = 5_000;
const HEADERS_MAX_BYTES = 32 * 1024;
const KEEP_ALIVE_MS = 30_000;
/** How long the rest of a body that nobody wants is let in, so that its sender gets to see the answer. */
const LINGER_MS = 2_000;

/** How long running requests may take when the server stops. */
const STOP_MAX_MS = 10_000;
/** How often connections that became idle are closed while it stops. */
const IDLE_LOOK_MS = 50;

/** A listening HTTP server. */
export interface RunningHttp {
  /** "http://host:port" */
  url: string;
  stop(): Promise<void>;
}

/** An answer, with what the line of log says about it. */
export interface Answered {
  answer: Answer;
  /** The path of the endpoint; "" for none. */
  route: string;
  /** Why it was refused; "" where it was not. */
  reason: string;
}

/** Serves what must be available by plain HTTP. One line of log for each request, and nothing that was sent in it. */
export async function serveHttp(options: {
  answer: (ask: HttpAsk) => Promise<Answered>;
  trustedProxies: BlockList;
  log: Log;
  host: string;
  port: number;
}): Promise<RunningHttp> {
  const { answer, trustedProxies, log, host, port } = options;
  let warned = false;
  const server = createServer({ maxHeaderSize: HEADERS_MAX_BYTES }, (request, response) => {
    const started = performance.now();
    if (!warned && trustedProxies.rules.length === 0 && request.headers["x-forwarded-for"] !== undefined) {
      warned = true;
      log.warn(
        "received X-Forwarded-For but TRUSTED_PROXIES is empty: all clients behind a proxy share its limits",
      );
    }
    const ask = askOf(request, response, trustedProxies);
    answer(ask)
      .catch((error: unknown): Answered => {
        log.error({ err: error, method: ask.method }, "request failed with an internal error");
        return { answer: sentence(500, "Something went wrong here."), route: "", reason: "" };
      })
      .then(({ answer: it, route, reason }) => {
        send(request, response, it);
        const duration_ms = Math.round((performance.now() - started) * 100) / 100;
        log.info(
          { method: ask.method, route, status: it.status, ...(reason && { reason }), duration_ms },
          "request",
        );
      });
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.requestTimeout = REQUEST_MAX_MS;
  server.headersTimeout = REQUEST_MAX_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://${host}:${taken}`, stop: () => close(server) };
}

function askOf(request: IncomingMessage, response: ServerResponse, trusted: BlockList): HttpAsk {
  const { method = "GET", url = "/", headers, socket } = request;
  const mark = url.indexOf("?");
  return {
    method,
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? "" : url.slice(mark + 1),
    headers,
    address: clientAddress(trusted, socket.remoteAddress, headers["x-forwarded-for"]?.toString()),
    isGone: () => response.destroyed,
    form: () => readForm(request),
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 304 ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const rest = request.complete ? {} : { connection: "close" };
  // Node leaves the body out of the answer to HEAD.
  response
    .writeHead(status, { ...headers, ...length, ...rest, "x-content-type-options": "nosniff" })
    .end(body);
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS).unref();
  request.once("close", () => clearTimeout(timer));
}

/** Finishes what runs, and ends what does not finish. */
async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const idle = repeat({ everyMs: IDLE_LOOK_MS, work: () => server.closeIdleConnections() });
  const hard = setTimeout(() => server.closeAllConnections(), STOP_MAX_MS);
  await closed;
  await idle.stop();
  clearTimeout(hard);
}
