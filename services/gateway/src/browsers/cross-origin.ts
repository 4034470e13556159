import { cors as connectCors } from "@connectrpc/connect";
import cors from "cors";
import { z } from "zod";
import { type Exchange, everyHeader } from "../exchange.ts";

/** The origins whose pages may read answers: each as a browser sends it, or "*" for all. */
export type CorsOrigins = readonly string[] | "*";

/** How long a browser keeps the answer to a preflight, in seconds. Browsers cap it at two hours or more. */
const PREFLIGHT_SECONDS = 7_200;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

const REQUEST_HEADERS = [
  "Accept",
  "Authorization",
  "Content-Disposition",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "If-None-Match",
  "Last-Event-ID",
  "Prefer",
  "Traceparent",
  "Tracestate",
];

const RESPONSE_HEADERS = [
  "Accept-Patch",
  "Allow",
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
  "WWW-Authenticate",
];

/** Origins separated by commas, "*" for all, none by default. */
export const corsOrigins = z
  .string()
  .default("")
  .transform((text) => text.split(",").flatMap((it) => it.trim() || []))
  .refine(
    (origins) => origins.every((it) => it === "*" || isOrigin(it)),
    "must be origins by commas, such as https://map.example.org, or *",
  )
  .refine(
    (origins) => !origins.includes("*") || origins.length === 1,
    "must be either * or a list of origins",
  )
  .transform((origins): CorsOrigins => (origins[0] === "*" ? "*" : origins));

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
  const parsed = URL.parse(text);
  return parsed !== null && parsed.origin === text && /^https?:/.test(text);
}
