import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JSONWebKeySet } from "jose";

/** Where the keys are, on their own port (RFC 8615). */
const KEYS_PATH = "/.well-known/jwks.json";
const HEALTH_PATH = "/health/live";
/** Verifiers fetch again after so long; a new key is published at least so long before it signs. */
const CACHE_SECONDS = 60;
const CONNECTIONS_MAX = 500;
/** A request has no body to speak of and must be there within this. */
const REQUEST_MAX_MS = 5_000;
const HEADERS_MAX_BYTES = 8 * 1024;
const KEEP_ALIVE_MS = 30_000;

/** A listening server of keys. */
export interface KeysServer {
  /** Of the key set. */
  url: string;
  stop(): Promise<void>;
}

/** Publishes the public keys over HTTP, for whoever verifies access tokens. */
export async function serveKeys(options: {
  /** The keys as they are now. */
  keySet: () => JSONWebKeySet;
  host: string;
  port: number;
}): Promise<KeysServer> {
  const server = createServer({ maxHeaderSize: HEADERS_MAX_BYTES }, (request, response) =>
    send(response, answerTo(request, options.keySet())),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.requestTimeout = REQUEST_MAX_MS;
  server.headersTimeout = REQUEST_MAX_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port, options.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://${options.host}:${port}${KEYS_PATH}`, stop: () => close(server) };
}

/** What one request is answered with. */
interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

function answerTo(request: IncomingMessage, keySet: JSONWebKeySet): Answer {
  const path = request.url?.split("?", 1)[0];
  if (path !== KEYS_PATH && path !== HEALTH_PATH) return sentence(404, "There is nothing here.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return sentence(405, "Only GET and HEAD are taken here.", { allow: "GET, HEAD", connection: "close" });
  }
  if (path === HEALTH_PATH) return sentence(200, "The service is running.");
  const body = JSON.stringify(keySet);
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  const headers = { "cache-control": `public, max-age=${CACHE_SECONDS}`, etag };
  if (matches(request.headers["if-none-match"], etag)) return { status: 304, headers, body: "" };
  return {
    status: 200,
    headers: { ...headers, "content-type": "application/jwk-set+json" },
    body,
  };
}

function sentence(status: number, text: string, headers: Record<string, string> = {}): Answer {
  const type = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return { status, headers: { ...type, ...headers }, body: `${text}\n` };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 304 ? {} : { "content-length": String(Buffer.byteLength(body)) };
  // Node leaves the body out of the answer to HEAD.
  response.writeHead(status, { ...headers, ...length, "x-content-type-options": "nosniff" }).end(body);
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? "").split(",").some((it) => ["*", etag, `W/${etag}`].includes(it.trim()));
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
