import { hash } from "node:crypto";
import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { Exchange, Reply } from "../exchange.ts";
import { ACCEPTS_RANGES, hasParts } from "../files/ranges.ts";
import { entityTag, listsTag } from "../requests/entity-tag.ts";
import { fieldValue } from "../requests/field-value.ts";
import { isFeature, messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import { csvText } from "./csv.ts";
import { type Chosen, collectionText, elementsOf, featureText, revisionOf, shownText } from "./document.ts";
import { editorFeatureReader } from "./editor-feature.ts";
import { gpxText } from "./gpx.ts";
import { withMembers } from "./included.ts";
import { type Listing, listSaid, unreadReply } from "./listing.ts";
import { contentType, type Form } from "./negotiate.ts";
import { LOOK_AGAIN, operationIn } from "./operation.ts";
import { osmText } from "./osm-xml.ts";
import { shownLanguages } from "./shown-languages.ts";
import { readerOf, textIn } from "./wire-json.ts";

/** A document depends on the caller and the media type. */
export const DOCUMENT_VARY = "Accept, Authorization";

/** What every document is sent with. */
export const DOCUMENT_HEADERS = {
  // A copy may be kept, and is asked for again each time: what a caller may see can change.
  "Cache-Control": "private, no-cache",
  Vary: DOCUMENT_VARY,
};

/**
 * Answers a document or a list; 304 where the caller holds the same. The document of a running operation says when to read it
 * again; a list links to its next page, and to its first. `members` are what else the document includes.
 */
export function documentReply(
  exchange: Pick<Exchange, "path" | "query">,
  route: Route,
  form: Form,
  response: Message,
  listing: Listing | undefined,
  members?: string,
): Reply {
  const { shown } = route;
  const value = shown.field === undefined ? response : fieldValue(response, shown.field);
  const single = !shown.list && value !== undefined;
  const revision = single ? revisionOf(shown.desc, value as Message) : undefined;
  const said = listSaid(route, response);
  const known = members === undefined ? tagBeforeText(route, said.etag, revision) : undefined;
  const languages = shownLanguages(route, response);
  const headers: Reply["headers"] = {
    ...DOCUMENT_HEADERS,
    ...(known !== undefined && { ETag: entityTag(known, form) }),
    ...(operationIn(route, response)?.done === false && LOOK_AGAIN),
    ...pageLinks(exchange, route, response),
    ...(single && form === "json" && listing !== undefined && linksetLink(exchange, route)),
    ...(route.languages && { Vary: `${DOCUMENT_VARY}, Accept-Language` }),
    ...(languages.length > 0 && { "Content-Language": languages.join(", ") }),
  };
  const has = (etag: string) => listing !== undefined && listsTag(listing.ifNoneMatch, etag);
  if (known !== undefined && has(entityTag(known, form))) return { status: 304, headers };
  const kept = listing && members === undefined ? unreadReply(listing, form, said.etag, headers) : undefined;
  if (kept !== undefined) return kept;
  if (said.isUnchanged) throw new Error("a list is said to be as nobody knows it");
  headers["Content-Type"] = contentType(form);
  Object.assign(headers, listing?.fileHeaders);
  const text = withMembers(bodyOf(route, form, response, single, listing?.chosen), members ?? "");
  if (typeof known === "string") {
    Object.assign(headers, ACCEPTS_RANGES);
    const body = Buffer.from(text);
    listing?.keep({ etag: known, headers, body });
    return { status: 200, headers, body, ...(listing && { coded: listing.codedBodies(known) }) };
  }
  if (known === undefined && revision !== undefined) {
    headers.ETag = entityTag(revision, form, digestOf(text));
    if (has(headers.ETag)) return { status: 304, headers };
  }
  if (known === undefined && revision === undefined && listing !== undefined) {
    headers.ETag = entityTag(digestOf(text), form);
    if (hasParts(route)) Object.assign(headers, ACCEPTS_RANGES);
    if (has(headers.ETag)) return { status: 304, headers };
  }
  return { status: 200, headers, body: text };
}

/**
 * The tag that needs no text: that of the service, or the revision where nothing changes without it. Else the tag is of the text,
 * after the revision of a document that has one.
 */
function tagBeforeText(
  { changesWithoutRevision }: Route,
  etag: string,
  revision: bigint | undefined,
): string | bigint | undefined {
  if (etag !== "") return etag;
  return changesWithoutRevision ? undefined : revision;
}

/** The part of a digest that is shown. */
const DIGEST_LENGTH = 32;

/** The tag of what no service gave one. */
export function digestOf(text: string | Buffer): string {
  return hash("sha256", text, "hex").slice(0, DIGEST_LENGTH);
}

function bodyOf(
  { shown, rows, rpc }: Route,
  form: Form,
  response: Message,
  single: boolean,
  chosen: Chosen,
): string {
  if (rows !== undefined && form === "csv") return csvText(rows, response, chosen);
  if (rows !== undefined && form === "geojson") return collectionText(rpc.output, rows, response, chosen);
  if (form === "gpx" || form === "osm") {
    const features = editorFeatures({ shown, rows }, response, chosen);
    return form === "gpx" ? gpxText(features) : osmText(features);
  }
  if (form !== "geojson" || !single) return shownText(shown, response, rows, chosen);
  const value = shown.field === undefined ? response : fieldValue(response, shown.field);
  return featureText(shown.desc, value as Message, shown.field);
}

/** Where the links are by which editors open a document (RFC 9264). */
function linksetLink({ path }: Pick<Exchange, "path">, { shown }: Route) {
  if (!isFeature(shown.desc)) return {};
  return { Link: `<${path}?f=links>; rel="linkset"; type="${contentType("links")}"; title="JOSM and iD"` };
}

/** The documents that an answer shows, or its only one, as editors see them. */
function editorFeatures({ shown, rows }: Pick<Route, "shown" | "rows">, response: Message, chosen: Chosen) {
  const holder = rows ?? shown.field;
  if (holder === undefined) {
    const reader = readerOf(shown.desc, response);
    return [editorFeatureReader(shown.desc)(reader, reader.bytes.length)];
  }
  return elementsOf(holder, response, editorFeatureReader(messageOf(holder) as DescMessage, holder, chosen));
}

/** Where the next page of a list is, and from a later page the first one (RFC 8288): some forms have no place to say so. */
function pageLinks(
  { path, query }: Pick<Exchange, "path" | "query">,
  { nextPage }: Route,
  response: Message,
) {
  if (nextPage === undefined) return {};
  const token = textIn(response, nextPage);
  const given = query.split("&").filter((it) => it !== "");
  const others = given.filter((it) => !/^page(_t|T)oken=/.test(it));
  const to = (parameters: readonly string[], rel: string) => {
    const asked = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
    return `<${path}${asked}>; rel="${rel}"`;
  };
  const links = [
    ...(token === "" ? [] : [to([...others, `page_token=${encodeURIComponent(token)}`], "next")]),
    ...(given.length === others.length ? [] : [to(others, "first")]),
  ];
  return links.length === 0 ? {} : { Link: links.join(", ") };
}
