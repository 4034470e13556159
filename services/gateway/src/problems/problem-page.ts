import { createHash } from "node:crypto";
import Negotiator from "negotiator";
import { escapeHtml } from "../escape-html.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { PAGE_WORDS } from "./page-words.ts";
import type { Problem } from "./problem.ts";

/** The cookie by which a reader chose a language on a page. */
const LANGUAGE_COOKIE = /(?:^|;)\s*__Host-tessera-language=([A-Za-z-]+)\s*(?:;|$)/;
const STYLE =
  ":root{color-scheme:light dark;font:1.1rem/1.6 system-ui,sans-serif}body{max-inline-size:38rem;margin:10vh auto;padding:0 1rem}h1{line-height:1.25}a{display:inline-block;padding-block:.6rem;margin-inline-end:1.5rem}code{overflow-wrap:anywhere}";
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
/** States that pass by themselves: what a page refreshes by itself is left as it is. */
const PASSING = [429, 502, 503, 504];

/** Makes a problem document a small page for a reader, which needs nothing else of the system. Status and headers stay. */
export function asPage({ request }: Pick<Exchange, "request">, problem: Problem, reply: Reply): Reply {
  const { status } = problem;
  const isPart = request.headers["hx-request-type"] === "partial";
  return {
    ...reply,
    headers: {
      ...reply.headers,
      ...(isPart && partHeaders(request.method ?? "GET", status)),
      "Content-Type": "text/html; charset=utf-8",
      "Content-Language": languageOf(request),
      "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "Referrer-Policy": "same-origin",
      "X-Frame-Options": "DENY",
      Vary: "Accept, Accept-Language, Cookie",
    },
    body: textOf(languageOf(request), problem, Number(reply.headers["Retry-After"] ?? 0), request.method),
  };
}

function partHeaders(method: string, status: number) {
  if (method === "GET" && PASSING.includes(status)) return { "HX-Reswap": "none" };
  return { "HX-Retarget": "body", "HX-Reswap": "innerMorph show:window:top" };
}

function languageOf({ headers }: Exchange["request"]): keyof typeof PAGE_WORDS {
  const chosen = LANGUAGE_COOKIE.exec(headers.cookie ?? "")?.[1];
  if (chosen === "en" || chosen === "fr") return chosen;
  const accepted = new Negotiator({ headers: { "accept-language": headers["accept-language"] } });
  return accepted.language(["en", "fr"]) === "fr" ? "fr" : "en";
}

function textOf(
  language: keyof typeof PAGE_WORDS,
  { status, type, reason, request_id }: Problem,
  seconds: number,
  method = "GET",
): string {
  const t = PAGE_WORDS[language];
  const [title, advice] = t.statuses[status] ?? (status < 500 ? t.yours : t.ours);
  const wait = seconds > 0 ? `<p>${t.tryAgainIn(seconds)}</p>` : "";
  // An address that is empty is that of this very page, with its query.
  const again = method === "GET" && PASSING.includes(status) ? link("", t.reload) : "";
  const explained = reason === undefined ? "" : link(type, t.explained);
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${title} · Tessera</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${title}</h1><p>${advice}</p>${wait}`,
    `<p>${again}${link("/", t.home)}${explained}</p>`,
    `<p><small>${t.request} <code>${request_id}</code></small></p></main></body></html>`,
  ].join("");
}

function link(href: string, text: string): string {
  return `<a href="${escapeHtml(href)}">${text}</a>`;
}
