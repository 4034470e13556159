import type { DescService } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { allReasons, type ReasonFacts, refusalsOf } from "@tessera/contracts/reason-facts.ts";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { RefusalClass } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { preferred } from "../documents/negotiate.ts";
import type { Reply } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { problemType } from "../problems/problem.ts";
import { routesOf } from "../routes/route-table.ts";
import type { OwnResource } from "./own-resource.ts";
import type { SiteLink } from "./site-link.ts";

/** The list of all pages. */
export const PROBLEMS: SiteLink = {
  rel: "help",
  href: "/problems",
  type: "application/json",
  title: "Why a request is refused, and what to do about each reason",
};

/** What the contract says about one reason, for people who met it. */
interface Page {
  type: string;
  reason: string;
  domain: string;
  title: string;
  status: number;
  code: string;
  meaning: string;
  retryable: boolean;
  metadata_keys: readonly string[];
  answered_by: readonly string[];
}

const TYPES = ["application/json", "text/html"];

/** The pages `/problems` and `/problems/{kebab}`, which explain the reasons of these services, all from the contract. */
export function problemPages(services: readonly DescService[]): OwnResource {
  const paths = pathsByReason(services);
  const pages = new Map(allReasons().map((it) => [problemType(it.name), pageOf(it, paths)]));
  return {
    takes: (path) => path === "/problems" || path.startsWith("/problems/"),
    always: true,
    reply: ({ path, request }) => pageAt(pages, path, request.headers.accept),
  };
}

function pageAt(pages: ReadonlyMap<string, Page>, path: string, accept: string | undefined): Reply {
  const chosen = preferred(accept, TYPES);
  if (chosen === -1) throw refuseHttp(Reason.NOT_ACCEPTABLE, { metadata: { available: TYPES.join(", ") } });
  const html = chosen === 1;
  if (path === "/problems") {
    const list = [...pages.values()].map(({ type, title, status }) => ({ type, title, status }));
    return reply(html, html ? listHtml(list) : JSON.stringify({ problems: list }));
  }
  const page = pages.get(path);
  if (page === undefined)
    throw refuseHttp(Reason.ROUTE_NOT_FOUND, { detail: `No problem has the type ${path}` });
  return reply(html, html ? pageHtml(page) : JSON.stringify(page));
}

function pageOf(facts: ReasonFacts, paths: ReadonlyMap<string, string[]>): Page {
  const { name, domain, title, httpStatus, code, retryable, metadataKeys } = facts;
  return {
    type: problemType(name),
    reason: name,
    domain,
    title,
    status: httpStatus,
    code: Code[code] ?? String(code),
    meaning: meaningOf(facts),
    retryable,
    metadata_keys: metadataKeys,
    // A reason that every request shares names none.
    answered_by: facts.class === RefusalClass.UNSPECIFIED ? (paths.get(name) ?? []) : [],
  };
}

function meaningOf({ retryable }: ReasonFacts): string {
  const next = retryable
    ? "The same request may succeed later."
    : "The same request will be refused again until something else changes.";
  return `The request was refused before anything was done: nothing has changed. ${next}`;
}

/** The requests that may be refused for each reason. */
function pathsByReason(services: readonly DescService[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const rpc of services.flatMap((it) => it.methods)) {
    const own = routesOf(rpc).map(({ httpMethod, template }) => `${httpMethod} ${template.text}`);
    for (const name of new Set(refusalsOf(rpc).map((it) => it.name)))
      paths.set(name, [...(paths.get(name) ?? []), ...own]);
  }
  return paths;
}

function reply(html: boolean, body: string): Reply {
  const headers = {
    "Content-Type": html ? "text/html; charset=utf-8" : "application/json",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "public, max-age=3600",
    Vary: "Accept",
  };
  return { status: 200, headers, body };
}

function listHtml(list: readonly { type: string; title: string; status: number }[]): string {
  const items = list.map((it) => `<li><a href="${it.type}">${escapeHtml(it.title)}</a> (${it.status})</li>`);
  return html("Problems", `<h1>Problems</h1><ul>${items.join("")}</ul>`);
}

function pageHtml(page: Page): string {
  const rows = Object.entries(page)
    .filter(([name]) => name !== "title" && name !== "meaning")
    .map(
      ([name, value]) =>
        `<dt>${name}</dt><dd>${escapeHtml(Array.isArray(value) ? value.join(", ") : String(value))}</dd>`,
    );
  const text = `<h1>${escapeHtml(page.title)}</h1><p>${escapeHtml(page.meaning)}</p><dl>${rows.join("")}</dl>`;
  return html(page.title, `${text}<p><a href="/problems">All problems</a></p>`);
}

function html(title: string, body: string): string {
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)}</title>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
