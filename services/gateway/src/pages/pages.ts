import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { DescService } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { correlated } from "../call.ts";
import type { Visit } from "../doorway.ts";
import { type Exchange, hasBody } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { publicUrl } from "../public-url.ts";
import { type BodyLimits, readBody } from "../requests/body.ts";
import { bodyParts } from "../requests/body-stream.ts";
import { codingOf } from "../requests/content-coding.ts";
import { routesOf } from "../routes/route-table.ts";
import { isCookieOfAuth } from "../streams/oauth-endpoints.ts";
import { type Passed, passThrough, type Sent } from "../streams/pass-through.ts";
import { forgetHtml, isNavigation, prefersHtml } from "./preferred-form.ts";

/** What the console has for itself, beside the pages of resources. */
const OWN = "/console/";
const ASSETS = "/console/assets/";
const PROBLEM = /^\/problems(?:$|\/)/;
const METHODS = ["GET", "HEAD", "POST"];
/** The media types of forms, and of one with a file. */
const FILE_FORM = "multipart/form-data";
const FORMS = ["application/x-www-form-urlencoded", FILE_FORM];
/** What a form may have beside its file. */
const FORM_OVERHEAD_BYTES = 1024 * 1024;
/** Room for the live pages that are let in, and for those that are made meanwhile. */
const SOCKETS_MAX = 6_000;
/** When a page may be there again, in seconds. */
const RETRY_SECONDS = 5;

/** No token is among them: the console knows people by its cookie. */
const REQUEST_HEADERS = [
  "accept",
  "accept-encoding",
  "accept-language",
  "content-type",
  "hx-",
  "if-none-match",
  "last-event-id",
  "origin",
  "referer",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "user-agent",
];
const RESPONSE_HEADERS = [
  "allow",
  "cache-control",
  "clear-site-data",
  "content-encoding",
  "content-language",
  "content-length",
  "content-security-policy",
  "content-type",
  "cross-origin-",
  "etag",
  "hx-",
  "last-modified",
  "link",
  "location",
  "permissions-policy",
  "referrer-policy",
  "retry-after",
  "set-cookie",
  "vary",
  "x-frame-options",
];
const COOKIES = /^(?:__Host-)?tessera/;

/**
 * What a request wants of the console: something of its own, the page of a resource, that of a problem, which the gateway has
 * too, or that a form is taken.
 */
type Wanted = "own" | "page" | "problem" | "form";

/** The pages for people, which the console makes. */
export interface Pages {
  /** Notes that the answer to a request depends on Accept, if there may be a page in its place. */
  vary(exchange: Exchange): void;
  /** What a request wants of the console; undefined for nothing. */
  wantedBy(exchange: Exchange): Wanted | undefined;
  /** Answers a request by a page. Returns whether it did: there may be none for the resource. */
  answer(exchange: Exchange, visit: Visit, wanted: Wanted, bounds: PageBounds): Promise<boolean>;
  stop(): void;
}

export interface PageBounds {
  limits: BodyLimits;
  /** Aborts when this process is to end. */
  draining: AbortSignal;
}

/** Passes what people want to see on to the console at `address`, "host:port". */
export function pages(services: readonly DescService[], address: string, silenceMaxMs?: number): Pages {
  const through = passThrough({
    origin: `http://${address}`,
    requestHeaders: REQUEST_HEADERS,
    responseHeaders: RESPONSE_HEADERS,
    takesCookie: (name) => COOKIES.test(name) && !isCookieOfAuth(name),
    socketsMax: SOCKETS_MAX,
    ...(silenceMaxMs !== undefined && { silenceMaxMs }),
  });
  const fileMaxBytes = largestUpload(services) + FORM_OVERHEAD_BYTES;
  const answer: Pages["answer"] = async (exchange, visit, wanted, { limits, draining }) => {
    exchange.template = templateOf(exchange.path);
    if (!METHODS.includes(exchange.method))
      throw refuseHttp(Reason.METHOD_NOT_ALLOWED, { metadata: { allow: METHODS.join(", ") } });
    visit.refuseTooMany();
    await count(exchange, visit);
    const body = await bodyOf(exchange, visit, limits, fileMaxBytes);
    const passed = await through.ask(exchange, { headers: headersOf(exchange, visit), body });
    visit.releaseBody();
    if (passed.status === 406 && (wanted === "page" || wanted === "problem")) {
      passed.drop();
      visit.forgetPage();
      // The session of its reader may have been renewed: the next token is in its cookie.
      if (passed.cookies.length > 0) exchange.response.setHeader("Set-Cookie", passed.cookies);
      if (wanted === "page") forgetHtml(exchange);
      return false;
    }
    if (passed.isStream) enterStream(visit, passed);
    keepFromOtherOrigins(exchange);
    await passed.send(passed.isStream ? draining : undefined);
    return true;
  };
  return {
    vary({ method, path, response }) {
      if (!hasForms(method, path)) return;
      const before = response.getHeader("Vary");
      response.setHeader("Vary", before === undefined ? "Accept" : `${before}, Accept`);
    },
    wantedBy,
    answer: (exchange, visit, wanted, bounds) =>
      answer(exchange, visit, wanted, bounds).catch((error) => {
        visit.releaseBody();
        // Problems are explained however busy anything is.
        if (wanted === "problem") {
          visit.forgetPage();
          return false;
        }
        if (error instanceof ConnectError) exchange.response.setHeader("Retry-After", String(RETRY_SECONDS));
        throw error;
      }),
    stop: () => through.stop(),
  };
}

/** A page is one read, and a form one write; what pages are made of is neither. */
async function count({ method, path }: Exchange, visit: Visit): Promise<void> {
  if (!path.startsWith(ASSETS)) await visit.countPage(method === "POST" ? "writes" : "reads");
}

/** Whether what a path answers may be a page instead. Problems say themselves that they depend on Accept. */
function hasForms(method: string, path: string): boolean {
  if (method === "POST") return path.startsWith("/v1/");
  return isRead(method) && (path === "/" || path.startsWith("/v1/"));
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** What a request wants of the console, where there is one. */
export function wantedBy(
  exchange: Pick<Exchange, "method" | "path" | "query" | "request">,
): Wanted | undefined {
  const { method, path, request } = exchange;
  if (path.startsWith(OWN)) return "own";
  if (isRead(method) && PROBLEM.test(path) && prefersHtml(exchange)) return "problem";
  if (!hasForms(method, path)) return undefined;
  if (method === "POST" && !FORMS.includes(mediaTypeOf(request))) return undefined;
  if (!prefersHtml(exchange)) return undefined;
  return method === "POST" ? "form" : "page";
}

/** Whether a person looks at the answer to a request, where there is a console: what fails is said on a page. */
export function isForReader(exchange: Parameters<typeof wantedBy>[0]): boolean {
  if (wantedBy(exchange) !== undefined) return true;
  return isRead(exchange.method) && (prefersHtml(exchange) || isNavigation(exchange));
}

/** The path as it is logged: with no name of anything. */
function templateOf(path: string): string {
  if (path === "/" || PROBLEM.test(path)) return path;
  return path.startsWith(OWN) ? `${OWN}*` : "/v1/*";
}

/** The body of a request: one with a file as it comes, another one as a whole. */
async function bodyOf(
  exchange: Exchange,
  visit: Visit,
  limits: BodyLimits,
  fileMaxBytes: number,
): Promise<Sent["body"]> {
  const { request, method } = exchange;
  if (method !== "POST" || !hasBody(request)) return undefined;
  if (codingOf(request) !== undefined) {
    const detail = "The body of a page's form must have no Content-Encoding";
    throw refuseHttp(Reason.UNSUPPORTED_MEDIA_TYPE, { metadata: { accepted: "identity" }, detail });
  }
  if (mediaTypeOf(request) !== FILE_FORM) {
    visit.holdBody(request, limits.bodyMaxBytes);
    return readBody(exchange, limits);
  }
  visit.enterPage("uploads");
  return bodyParts(exchange, { maxBytes: fileMaxBytes, silenceMaxMs: limits.bodyTimeoutMs });
}

/** What the gateway says of a request, beside what goes through. */
function headersOf(exchange: Exchange, visit: Visit): OutgoingHttpHeaders {
  const { protocol, host } = new URL(publicUrl(exchange));
  return {
    ...correlated(exchange.request.headers, visit),
    "x-forwarded-proto": protocol.slice(0, -1),
    "x-forwarded-host": host,
  };
}

/** A stream lasts, so it does not count as a request. */
function enterStream(visit: Visit, passed: Passed): void {
  try {
    visit.enterPage("streams");
  } catch (error) {
    passed.drop();
    throw error;
  }
}

/** Scripts of other origins read documents, never pages. */
function keepFromOtherOrigins({ response }: Exchange): void {
  for (const name of response.getHeaderNames())
    if (name.startsWith("access-control-")) response.removeHeader(name);
}

function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The largest file that any RPC takes. */
function largestUpload(services: readonly DescService[]): number {
  const routes = services.flatMap((it) => it.methods).flatMap((it) => routesOf(it));
  return Math.max(0, ...routes.map((it) => it.upload?.maxBytes ?? 0));
}
