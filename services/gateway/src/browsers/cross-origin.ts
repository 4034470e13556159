import { cors as connectCors } from "@connectrpc/connect";
import cors from "cors";
import { z } from "zod";
import { type Exchange, everyHeader } from "../exchange.ts";

/** The origins whose pages may read answers: each as a browser sends it, or what it is like, or "*" for all. */
export type CorsOrigins = readonly (string | RegExp)[] | "*";

/** How long a browser keeps the answer to a preflight, in seconds. Browsers cap it at two hours or more. */
const PREFLIGHT_SECONDS = 7_200;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

const REQUEST_HEADERS = [
  "Accept",
  "Accept-Language",
  "Authorization",
  "Baggage",
  "Cache-Control",
  "Content-Disposition",
  "Content-Encoding",
  "Content-Language",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "If-Modified-Since",
  "If-None-Match",
  "If-Range",
  "If-Unmodified-Since",
  "Last-Event-ID",
  "Pragma",
  "Prefer",
  "Range",
  "Request-Id",
  "Traceparent",
  "Tracestate",
  "X-Requested-With",
];

const RESPONSE_HEADERS = [
  "Accept-Patch",
  "Accept-Ranges",
  "Age",
  "Allow",
  "Content-Crs",
  "Content-Disposition",
  "Content-Language",
  "Content-Location",
  "Content-Range",
  "Date",
  "Deprecation",
  "ETag",
  "Idempotency-Key",
  "Idempotent-Replayed",
  "Link",
  "Location",
  "Preference-Applied",
  "RateLimit",
  "RateLimit-Policy",
  "Request-Id",
  "Retry-After",
  "Sunset",
  "Vary",
  "WWW-Authenticate",
];

/**
 * Origins separated by commas, "*" for all, none by default. `https://*.example.org` is any host one level below example.org,
 * `http://localhost:*` any port. "null" is not among them: it is the origin of every sandboxed page, so
 * allowing it is allowing all.
 */
export const corsOrigins = z
  .string()
  .default("")
  .transform((text) => text.split(",").flatMap((it) => it.trim() || []))
  .refine(
    (origins) =>
      origins.every((it) => it === "*" || isOrigin(it.replace(ANY_HOST, "$1a.").replace(ANY_PORT, ":1"))),
    "must be origins by commas, such as https://map.example.org, https://*.example.org or http://localhost:*, or *",
  )
  .refine(
    (origins) => !origins.includes("*") || origins.length === 1,
    "must be either * or a list of origins",
  )
  .transform((origins): CorsOrigins => (origins[0] === "*" ? "*" : origins.map(allowed)));

/** A host below a domain of two labels at least, so that nobody allows all of a country. */
const ANY_HOST = /^(https?:\/\/)\*\.(?=[^.]+\.)/;
const ANY_PORT = /:\*$/;

/** What is compared with the header Origin. */
function allowed(origin: string): string | RegExp {
  if (!origin.includes("*")) return origin;
  const like = origin.replaceAll(".", "\\.").replace("//*", "//[a-z0-9-]+").replace(ANY_PORT, "(?::[0-9]+)?");
  return new RegExp(`^${like}$`);
}

/**
 * Lets pages of these origins read what the gateway answers (CORS), whatever answers it: REST, Connect, gRPC-Web, OAuth,
 * problems. Returns whether a request was a preflight, which is answered then.
 *
 * No answer allows credentials: callers are known by their token, and no page of another origin needs our cookies.
 */
export function crossOrigin(origins: CorsOrigins): (exchange: Exchange) => boolean {
  if (origins.length === 0) return () => false;
  const share = cors({
    origin: origins === "*" ? "*" : [...origins],
    methods: METHODS,
    allowedHeaders: [...new Set([...REQUEST_HEADERS, ...connectCors.allowedHeaders])],
    exposedHeaders: [...new Set([...RESPONSE_HEADERS, ...connectCors.exposedHeaders])],
    maxAge: PREFLIGHT_SECONDS,
    preflightContinue: true,
  });
  return (exchange) => {
    const { request, response } = exchange;
    share(request, response, () => {});
    if (!isPreflight(exchange)) return false;
    response.writeHead(204, everyHeader(exchange)).end();
    return true;
  };
}

/** Other OPTIONS requests ask what a path takes. */
function isPreflight({ method, request: { headers } }: Exchange): boolean {
  return (
    method === "OPTIONS" &&
    headers.origin !== undefined &&
    headers["access-control-request-method"] !== undefined
  );
}

function isOrigin(text: string): boolean {
  const parsed = text.includes("*") ? null : URL.parse(text);
  return parsed !== null && parsed.origin === text && /^https?:/.test(text);
}
