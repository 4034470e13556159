import { MEDIA_TYPES, preferred } from "../documents/negotiate.ts";
import type { Exchange } from "../exchange.ts";
import { parseQuery } from "../requests/query.ts";

const HTML = ["text/html", "application/xhtml+xml"];
/** JSON is first: it is what a client without a preference gets. */
const TYPES = [...new Set([...Object.values(MEDIA_TYPES), "application/problem+json", ...HTML])];

/** At most this many values of Accept are remembered, none of them longer than this. */
const REMEMBERED_MAX = 200;
const REMEMBERED_LENGTH_MAX = 300;
const remembered = new Map<string, boolean>();

/** Whether a request prefers a page to every other form: by the parameter `f`, else by Accept. */
export function prefersHtml({ query, request }: Pick<Exchange, "query" | "request">): boolean {
  const [f, ...others] = formsIn(query);
  // What is given twice is refused as elsewhere.
  if (others.length > 0) return false;
  return f === undefined ? acceptsHtmlFirst(request.headers.accept) : f === "html";
}

/** Whether a browser opens an address for a person, also that of a file. */
export function isNavigation({ request }: Pick<Exchange, "request">): boolean {
  const { accept, "sec-fetch-mode": mode } = request.headers;
  return mode === "navigate" && acceptsHtmlFirst(accept);
}

/** Makes a request one that says nothing of HTML. */
export function forgetHtml(exchange: Exchange): void {
  const { headers } = exchange.request;
  exchange.query = exchange.query
    .split("&")
    .filter((it) => formsIn(it)[0] !== "html")
    .join("&");
  const others = headers.accept?.split(",").filter((it) => !isHtml(it));
  if (others === undefined || others.length === 0) delete headers.accept;
  else headers.accept = others.join(",").trim();
}

/** The values of the parameter `f`. */
function formsIn(query: string): string[] {
  if (!query.includes("f")) return [];
  return parseQuery(query, [])
    .filter(({ name }) => name === "f")
    .map(({ value }) => value);
}

function acceptsHtmlFirst(accept = "*/*"): boolean {
  if (!/html/i.test(accept)) return false;
  const known = remembered.get(accept);
  if (known !== undefined) return known;
  const isFirst = isHtml(TYPES[preferred(accept, TYPES)]);
  if (accept.length <= REMEMBERED_LENGTH_MAX && remembered.size < REMEMBERED_MAX)
    remembered.set(accept, isFirst);
  return isFirst;
}

function isHtml(range = ""): boolean {
  return HTML.includes((range.split(";", 1)[0] as string).trim().toLowerCase());
}
