import type { IncomingMessage } from "node:http";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { type Exchange, hasBody } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { type BodyLimits, readBody } from "../requests/body.ts";
import { passThrough } from "./pass-through.ts";

/** The endpoints of OAuth, a protocol of its own. */
const PASSED =
  /^\/(oauth2\/[a-z-]{1,32}|\.well-known\/(jwks\.json|oauth-authorization-server(\/.{1,200})?))$/;
/** Forms of that protocol are small. */
const BODY_MAX_BYTES = 64 * 1024;
const SOCKETS_MAX = 256;
const METHODS = ["GET", "HEAD", "POST"];
/** The cookie that ties a sign-in to its browser, over TLS and without. */
const COOKIES = ["__Host-tessera-sign-in", "tessera-sign-in"];

const REQUEST_HEADERS = [
  "accept",
  "authorization",
  "content-encoding",
  "content-type",
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

/** Passes the requests of OAuth on to auth. */
export interface OauthEndpoints {
  /** Whether this path is one of those that are passed on. */
  takes(path: string): boolean;
  pass(exchange: Exchange, limits: BodyLimits): Promise<void>;
  stop(): void;
}

/** Whether auth gets a cookie: it gets none but its own. */
export function isCookieOfAuth(name: string): boolean {
  return COOKIES.includes(name);
}

/** Passes the endpoints of OAuth on to auth at `origin`. */
export function oauthEndpoints(origin: string): OauthEndpoints {
  const through = passThrough({
    origin,
    requestHeaders: REQUEST_HEADERS,
    responseHeaders: RESPONSE_HEADERS,
    takesCookie: isCookieOfAuth,
    socketsMax: SOCKETS_MAX,
  });
  return {
    takes: (path) => PASSED.test(path),
    stop: () => through.stop(),
    async pass(exchange, limits) {
      const { request, method, path } = exchange;
      exchange.template = path.startsWith("/oauth2/") ? path : path.split("/", 3).join("/");
      if (!METHODS.includes(method)) {
        throw refuseHttp(Reason.METHOD_NOT_ALLOWED, { metadata: { allow: METHODS.join(", ") } });
      }
      const bodyMaxBytes = Math.min(limits.bodyMaxBytes, BODY_MAX_BYTES);
      const body = hasBody(request) ? await readBody(exchange, { ...limits, bodyMaxBytes }) : undefined;
      const passed = await through.ask(exchange, {
        headers: { "x-forwarded-for": forwardedFor(request) },
        body,
      });
      await passed.send();
    },
  };
}

/** The client's address, added to those from earlier proxies: the server behind decides which it trusts. */
function forwardedFor({ headers, socket }: IncomingMessage): string {
  const before = headers["x-forwarded-for"]?.toString().slice(-1_000);
  return [before, socket.remoteAddress ?? "unknown"].filter(Boolean).join(", ");
}
