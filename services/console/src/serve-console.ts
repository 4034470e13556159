import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";

/** A console that listens. */
export interface RunningConsole {
  /** "host:port" */
  address: string;
  stop(): Promise<void>;
}

/** What is needed to listen. */
export interface ServeOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  drainMs: number;
  answer(request: Request): Response | Promise<Response>;
}

const HEADERS_MAX_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** As long as the gateway waits for an upload. */
const REQUEST_TIMEOUT_MS = 330_000;
/** Longer than the gateway keeps a connection without a request. */
const KEEP_ALIVE_MS = 65_000;
const CONNECTIONS_MAX = 10_000;
const STOP_MAX_MS = 10_000;

/** Listens. `/health/live` says that the process runs, `/health/ready` that it wants requests. */
export async function serveConsole({ host, port, drainMs, answer }: ServeOptions): Promise<RunningConsole> {
  let isStopping = false;
  const health = (path: string) => {
    const status = path === "/health/ready" && isStopping ? 503 : 200;
    return new Response(status === 200 ? "The console is running.\n" : "The console is stopping.\n", {
      status,
    });
  };
  const fetch = (request: Request) => {
    const { pathname } = new URL(request.url);
    return pathname.startsWith("/health/") ? health(pathname) : answer(request);
  };
  const serverOptions = {
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = createAdaptorServer({ fetch, serverOptions }) as Server;
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, host);
  await once(server, "listening");
  const { address, family, port: taken } = server.address() as AddressInfo;
  const stop = async () => {
    isStopping = true;
    await sleep(drainMs);
    const closed = once(server, "close");
    server.close();
    server.closeIdleConnections();
    const hard = setTimeout(() => server.closeAllConnections(), STOP_MAX_MS);
    await closed;
    clearTimeout(hard);
  };
  let stopping: Promise<void> | undefined;
  return {
    address: `${family === "IPv6" ? `[${address}]` : address}:${taken}`,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
