import { type DescService, getOption } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { REASONS } from "@tessera/contracts/catalogue.ts";
import { commentOf } from "@tessera/contracts/comments.ts";
import { allReasons, type ReasonFacts, refusalsOf, rulesOf } from "@tessera/contracts/reason-facts.ts";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { domain as domainOption, RefusalClass } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { escapeHtml } from "../escape-html.ts";
import type { Reply } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { problemType } from "../problems/problem.ts";
import { routesOf } from "../routes/route-table.ts";
import type { OwnResource } from "./own-resource.ts";
import type { SiteLink } from "./site-link.ts";
import { chosenType } from "./whole-document.ts";

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
  what_to_do: string;
  retryable: boolean;
  metadata_keys: readonly string[];
  answered_by: readonly string[];
  example: object;
}

const TYPES = ["application/json", "text/html"];
const GATEWAY_DOMAIN = "gateway.tessera";

/** The pages `/problems` and `/problems/{kebab}`, which explain the reasons of these services, all from the contract. */
export function problemPages(services: readonly DescService[]): OwnResource {
  const paths = pathsByReason(services);
  const pages = new Map(allReasons().map((it) => [problemType(it.name), pageOf(it, paths)]));
  return {
    takes: (path) => path === "/problems" || path.startsWith("/problems/"),
    always: true,
    reply: (exchange) => pageAt(pages, exchange.path, chosenType(exchange, TYPES) === 1),
  };
}

function pageAt(pages: ReadonlyMap<string, Page>, path: string, html: boolean): Reply {
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
  const answeredBy = answeredByOf(facts, paths);
  return {
    type: problemType(name),
    reason: name,
    domain,
    title,
    status: httpStatus,
    code: Code[code] ?? String(code),
    ...proseOf(facts),
    retryable,
    metadata_keys: metadataKeys,
    answered_by: answeredBy,
    example: exampleOf(facts, answeredBy[0]),
  };
}

function commentOfReason({ domain, number }: ReasonFacts): string {
  const desc = REASONS.find((it) => getOption(it, domainOption) === domain);
  const value = desc?.value[number];
  return value === undefined ? "" : commentOf(value);
}

/** The first paragraph of a reason's comment says what it means; the others say what to do about it. */
function proseOf(facts: ReasonFacts): Pick<Page, "meaning" | "what_to_do"> {
  const [meaning = "", ...others] = commentOfReason(facts)
    .split("\n\n")
    .map((it) => it.replaceAll("\n", " "));
  const again = facts.retryable
    ? "The same request may succeed later: wait as long as Retry-After says, then send it again with the same Idempotency-Key."
    : "The same request is refused again until something else changes.";
  return {
    meaning: `${meaning} The request was refused before anything was done: nothing has changed.`,
    what_to_do: [...others, again].join(" "),
  };
}

function answeredByOf({ name, domain, class: ofClass }: ReasonFacts, paths: ReadonlyMap<string, string[]>) {
  if (ofClass === RefusalClass.EVERY_RPC) return ["every operation"];
  if (ofClass === RefusalClass.EVERY_COMMAND) return ["every command"];
  return domain === GATEWAY_DOMAIN ? ["every path"] : (paths.get(name) ?? []);
}

/** The requests that may be refused for each reason, and those that begin an operation which may fail with it. */
function pathsByReason(services: readonly DescService[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  const add = (name: string, path: string) => paths.set(name, [...(paths.get(name) ?? []), path]);
  for (const rpc of services.flatMap((it) => it.methods)) {
    const own = routesOf(rpc).map(({ httpMethod, template }) => `${httpMethod} ${template.text}`);
    for (const name of new Set(refusalsOf(rpc).map((it) => it.name))) for (const path of own) add(name, path);
    for (const name of rulesOf(rpc).operationRefusals)
      for (const path of own) add(name, `the operation of ${path}`);
  }
  return paths;
}

/** A document of this problem, with a value of the right shape for each key of its metadata. */
function exampleOf(
  { name, domain, title, httpStatus, retryable, metadataKeys }: ReasonFacts,
  by = "",
): object {
  const metadata = Object.fromEntries(metadataKeys.map((key) => [key, exampleValue(key)]));
  return {
    type: problemType(name),
    title,
    status: httpStatus,
    detail: title,
    instance: by.includes(" /")
      ? by.slice(by.indexOf(" /") + 1).replaceAll(/\{[^}]*\}/g, "7")
      : "/v1/projects",
    reason: name,
    domain,
    ...(metadataKeys.length > 0 && { metadata }),
    retryable,
    request_id: "0b7f7f3e-2f0b-4e0a-9d0e-4b1c2d3e4f50",
  };
}

function exampleValue(key: string): string {
  if (key.endsWith("_time")) return "2026-11-30T18:00:00Z";
  if (/^(longitude|latitude)$/.test(key)) return "7.5";
  return /(^|_)(id|ids|limit|bytes|ms|revision|index|value|token|attempts|count|number)($|_)/.test(key)
    ? "7"
    : "…";
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
  const { title, meaning, what_to_do, answered_by, example, ...facts } = page;
  const rows = Object.entries(facts).map(
    ([name, value]) =>
      `<dt>${name}</dt><dd>${escapeHtml(Array.isArray(value) ? value.join(", ") : String(value))}</dd>`,
  );
  const items = answered_by.map((it) => `<li><code>${escapeHtml(it)}</code></li>`);
  const text = [
    `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(meaning)}</p>`,
    `<h2>What to do</h2><p>${escapeHtml(what_to_do)}</p>`,
    `<dl>${rows.join("")}</dl>`,
    `<h2>Answered by</h2><ul>${items.join("")}</ul>`,
    `<h2>Example</h2><pre>${escapeHtml(JSON.stringify(example, undefined, 2))}</pre>`,
  ].join("");
  return html(title, `${text}<p><a href="/problems">All problems</a></p>`);
}

function html(title: string, body: string): string {
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)}</title>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`;
}
