import { hash } from "node:crypto";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { DOCUMENT_HEADERS } from "../documents/answer.ts";
import { preferred } from "../documents/negotiate.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { publicUrl } from "../public-url.ts";
import { entityTag, listsTag } from "../requests/entity-tag.ts";

/** The media type of features, and of links to them: their text is the same in each media type. */
export const GEOJSON = "application/geo+json";

/** The media types of documents and of features, the usual one first, and the values of `f`. */
export const JSON_TYPES = ["application/json"];
export const GEOJSON_TYPES = [GEOJSON, "application/json"];
export const SCHEMA_TYPES = ["application/schema+json", "application/json"];
/** With the version: programs that read only this one ask for it. */
export const OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0";
export const OPENAPI_TYPES = [OPENAPI_TYPE, "application/openapi+json;version=3.0", "application/json"];

const FORMS: Record<string, string> = { "application/json": "json", "application/geo+json": "geojson" };
const PARAMETERS = /;.*/;

/** The form of the tags here: what is shown of a row is neither the document of REST nor its Feature. */
export const TAG_FORM = "ogc";

/** Chooses the media type of an answer by the parameter `f`, else by Accept. */
export function mediaTypeFor({ request }: Exchange, types: readonly string[], f: string | undefined): string {
  if (f !== undefined) {
    const known = types.map((type) => FORMS[type]).filter((it) => it !== undefined);
    const chosen = types.find((type) => FORMS[type] === f);
    if (chosen !== undefined) return chosen;
    const detail = `must be one of ${known.join(", ")}`;
    throw refuseHttp(Reason.REQUEST_MALFORMED, {
      faults: [{ in: "query", name: "f", detail, rule: "query.form" }],
    });
  }
  const plain = types.map((type) => type.replace(PARAMETERS, ""));
  const chosen = types[preferred(request.headers.accept, plain)];
  if (chosen !== undefined) return chosen;
  throw refuseHttp(Reason.NOT_ACCEPTABLE, {
    metadata: { available: plain.join(", ") },
    detail: `Available representations: ${plain.join(", ")}`,
  });
}

/** An answer whose tag is known: 304 where the client has it. `body` is written only where it does not. */
export function taggedReply(
  { request }: Exchange,
  tag: bigint | string,
  headers: Reply["headers"],
  body: () => string,
): Reply {
  const etag = entityTag(tag, TAG_FORM);
  const all = { ...DOCUMENT_HEADERS, ...headers, ETag: etag };
  if (listsTag(request.headers["if-none-match"], etag)) return { status: 304, headers: all };
  return { status: 200, headers: all, body: body() };
}

/** An answer whose tag is of its text. */
export function documentReply(exchange: Exchange, type: string, document: object): Reply {
  const text = JSON.stringify(document);
  return taggedReply(exchange, digestOf(text), { "Content-Type": type }, () => text);
}

/** The part of a digest that is shown. */
const DIGEST_LENGTH = 32;

/** The tag of a text. */
export function digestOf(text: string): string {
  return hash("sha256", text, "hex").slice(0, DIGEST_LENGTH);
}

/** A link of a document. */
export interface Link {
  href: string;
  rel: string;
  type: string;
  title?: string;
}

/** The link of an answer to itself. */
export function selfLink(exchange: Exchange, type: string): Link {
  const { path, query } = exchange;
  return { href: `${publicUrl(exchange)}${path}${query === "" ? "" : `?${query}`}`, rel: "self", type };
}

/** The link of a page to the next one, if there is one. */
export function nextLinks(exchange: Exchange, type: string, pageToken: string): Link[] {
  if (pageToken === "") return [];
  const others = exchange.query.split("&").filter((it) => it !== "" && !/^page_token=/.test(it));
  const query = [...others, `page_token=${encodeURIComponent(pageToken)}`].join("&");
  return [{ href: `${publicUrl(exchange)}${exchange.path}?${query}`, rel: "next", type }];
}
