import { createHash } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { preferred } from "../documents/negotiate.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { listsTag } from "../requests/entity-tag.ts";
import { parseQuery } from "../requests/query.ts";

/** How long a cache may use a document of the gateway without asking, in seconds: a deployment changes them. */
const FRESH_SECONDS = 300;

/** A document of the gateway itself: it is the same for everybody. */
export interface WholeDocument {
  mediaType: string;
  body: string | Buffer;
  headers?: OutgoingHttpHeaders;
}

/** The media types that the parameter `f` names. */
const NAMED: Readonly<Record<string, string>> = { json: "application/json", html: "text/html" };

/** Returns the index of the media type that the request prefers, by the parameter `f`, else by Accept. Refuses NOT_ACCEPTABLE. */
export function chosenType({ request, query }: Exchange, types: readonly string[]): number {
  const f = parseQuery(query, []).find(({ name }) => name === "f")?.value ?? "";
  const named = types.indexOf(NAMED[f] ?? "");
  if (named !== -1) return named;
  const chosen = preferred(request.headers.accept, types);
  if (chosen === -1) throw refuseHttp(Reason.NOT_ACCEPTABLE, { metadata: { available: types.join(", ") } });
  return chosen;
}

/** Sends a document with its ETag, or 304 to a client that has it. */
export function wholeReply({ request }: Exchange, { mediaType, body, headers }: WholeDocument): Reply {
  const tag = `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"`;
  const all = { ETag: tag, "Cache-Control": `public, max-age=${FRESH_SECONDS}`, ...headers };
  if (listsTag(request.headers["if-none-match"], tag)) return { status: 304, headers: all };
  return { status: 200, headers: { "Content-Type": mediaType, ...all }, body };
}
