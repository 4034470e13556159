import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { Code, ConnectError } from "@connectrpc/connect";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { type Exchange, hasBody, headersOf } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { type BodyLimits, readBody } from "../requests/body.ts";

/** What is passed on as it stands, to a server that speaks a protocol of its own. */
const PASSED =
  /^\/(oauth2\/[a-z-]{1,32}|\.well-known\/(jwks\.json|oauth-authorization-server(\/.{1,200})?))$/;
/** Forms of that protocol are small. */
const BODY_MAX_BYTES = 64 * 1024;
/** The longest time until an answer begins, and the longest pause in it. The server there has 5 s for others. */
const SILENCE_MAX_MS = 20_000;
const SOCKETS_MAX = 256;
const METHODS = ["GET", "HEAD", "POST"];

const REQUEST_HEADERS = [
  "accept",
  "authorization",
  "content-encoding",
  "content-type",
  "cookie",
  "if-none-match",
  "traceparent",
];
const RESPONSE_HEADERS = [
  "allow",
  "cache-control",
  "content-length",
  "content-security-policy",
  "content-type",
  "etag",
  "location",
  "pragma",
  "referrer-policy",
  "retry-after",
  "set-cookie",
  "vary",
  "www-authenticate",
];

/** Passes requests on. */
export interface PassThrough {
  /** Whether this path is one of those that are passed on. */
  takes(path: string): boolean;
  pass(exchange: Exchange, limits: BodyLimits): Promise<void>;
  stop(): void;
}

/** Passes what belongs to that protocol on to the server at `origin`. Its answers go through as they come, unread. */
export function passThrough(origin: string): PassThrough {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  const base = new URL(origin);
  return {
    takes: (path) => PASSED.test(path),
    stop: () => agent.destroy(),
    async pass(exchange, limits) {
      const { request, method, path, query, signal } = exchange;
      exchange.template = path.startsWith("/oauth2/") ? path : path.split("/", 3).join("/");
      if (!METHODS.includes(method)) {
        throw refuseHttp(Reason.METHOD_NOT_ALLOWED, { metadata: { allow: METHODS.join(", ") } });
      }
      const bodyMaxBytes = Math.min(limits.bodyMaxBytes, BODY_MAX_BYTES);
      const body = hasBody(request) ? await readBody(exchange, { ...limits, bodyMaxBytes }) : undefined;
      const sent = httpRequest({
        agent,
        hostname: base.hostname.replace(/^\[|\]$/g, ""),
        port: base.port,
        method,
        path: query === "" ? path : `${path}?${query}`,
        headers: {
          ...picked(request, REQUEST_HEADERS),
          "x-forwarded-for": forwardedFor(request),
          ...(body !== undefined && { "content-length": body.length }),
        },
        signal,
        timeout: SILENCE_MAX_MS,
      });
      await answer(exchange, sent, body);
    },
  };
}

function answer(exchange: Exchange, sent: ClientRequest, body: Buffer | undefined): Promise<void> {
  const { response } = exchange;
  return new Promise((resolve, reject) => {
    sent.on("timeout", () => sent.destroy(new Error("silence")));
    sent.on("error", (cause) => {
      if (response.headersSent) response.destroy();
      reject(
        new ConnectError(
          "the upstream server does not answer",
          Code.Unavailable,
          undefined,
          undefined,
          cause,
        ),
      );
    });
    sent.on("response", (received) => {
      const { vary, ...headers } = picked(received, RESPONSE_HEADERS);
      response.writeHead(
        received.statusCode ?? 502,
        headersOf(exchange, { ...headers, ...(vary !== undefined && { Vary: vary }) }),
      );
      received.on("error", () => response.destroy());
      received.pipe(response).on("close", resolve);
    });
    sent.end(body);
  });
}

function picked({ headers }: IncomingMessage, names: readonly string[]) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The client's address, added to those from earlier proxies: the server behind decides which it trusts. */
function forwardedFor({ headers, socket }: IncomingMessage): string {
  const before = headers["x-forwarded-for"]?.toString().slice(-1_000);
  return [before, socket.remoteAddress ?? "unknown"].filter(Boolean).join(", ");
}
