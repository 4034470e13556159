import { create, type DescField, type Message } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { DOCUMENT_HEADERS } from "../documents/answer.ts";
import { elementsOf } from "../documents/document.ts";
import { listSaid } from "../documents/listing.ts";
import { textIn } from "../documents/wire-json.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { publicUrl } from "../public-url.ts";
import { entityTag, knownTag, listsTag } from "../requests/entity-tag.ts";
import { setFieldValue } from "../requests/field-value.ts";
import {
  digestOf,
  GEOJSON,
  GEOJSON_TYPES,
  type Link,
  mediaTypeFor,
  nextLinks,
  selfLink,
  TAG_FORM,
  taggedReply,
} from "./answer.ts";
import { asRefusedItems } from "./as-refused-here.ts";
import { type Collection, type Kind, listRequest } from "./collection.ts";
import { CRS84 } from "./crs.ts";
import { numberIn } from "./field-path.ts";
import { itemParameters, type Paging, pagingOf, parametersOf, select } from "./parameters.ts";
import type { Read } from "./read.ts";
import { fieldsShown, tableFeature, type WriteFeature } from "./table-feature.ts";

/** The most calls of a list for one page, the most features of a page, and the bytes after which a page ends. */
const CALLS_MAX = 10;
const FEATURES_MAX = 10_000;
const PAGE_BYTES = 16 * 1024 * 1024;

/** The largest limit of a page. */
export function largestLimit({ pageSizeMax }: Pick<Kind, "pageSizeMax">): number {
  return Math.min(FEATURES_MAX, CALLS_MAX * pageSizeMax);
}

/** What was read of a list for one page. */
interface Page {
  features: string[];
  /** The token of the next page; empty on the last. */
  next: string;
  /** The tag of the service, which is of the list as it was before any of it was read; empty where it gives none. */
  etag: string;
  isUnchanged: boolean;
  /** How many match, if that is known. */
  matched: number | undefined;
}

/** Answers with the items of a collection. */
export async function itemsReply(exchange: Exchange, collection: Collection, read: Read): Promise<Reply> {
  const { kind } = collection;
  const parameters = parametersOf(exchange.query, itemParameters(kind));
  const type = mediaTypeFor(exchange, GEOJSON_TYPES, parameters.get("f"));
  const paging = pagingOf(parameters, largestLimit(kind));
  const message = listRequest(collection);
  select(kind, message, parameters);
  const { fields, knownEtag } = kind.list;
  if (fields)
    setFieldValue(
      message,
      fields,
      create(FieldMaskSchema, { paths: [...fieldsShown(kind.rows, kind.properties)] }),
    );
  const ifNoneMatch = exchange.request.headers["if-none-match"];
  if (knownEtag) setFieldValue(message, knownEtag, knownTag(ifNoneMatch, TAG_FORM));
  if (kind.withTotal && paging.pageToken === "") setFieldValue(message, kind.withTotal, true);
  const page = await readPage(collection, message, paging, read);
  const headers = { "Content-Type": type, "Content-Crs": `<${CRS84}>` };
  if (page.isUnchanged) {
    const etag = entityTag(page.etag, TAG_FORM);
    if (!listsTag(ifNoneMatch, etag)) throw new Error("a list is said to be as nobody knows it");
    return { status: 304, headers: { ...DOCUMENT_HEADERS, ETag: etag } };
  }
  const next = nextLinks(exchange, GEOJSON, page.next);
  const links = [selfLink(exchange, GEOJSON), ...next, collectionLink(exchange, collection)];
  const features = page.features.join(",\n");
  const tag = page.etag || digestOf(`${page.matched} ${page.next} ${features}`);
  return taggedReply(
    exchange,
    tag,
    { ...headers, ...(next[0] && { Link: `<${next[0].href}>; rel="next"; type="${type}"` }) },
    () => collectionText(page, links, features),
  );
}

function collectionText({ features, matched }: Page, links: readonly Link[], text: string): string {
  const head = {
    type: "FeatureCollection",
    links,
    timeStamp: new Date().toISOString(),
    ...(matched !== undefined && { numberMatched: matched }),
    numberReturned: features.length,
  };
  return `${JSON.stringify(head).slice(0, -1)},"features":[${text}]}`;
}

/** The link of features to their collection. */
export function collectionLink(exchange: Exchange, { id }: Collection): Link {
  const href = `${publicUrl(exchange)}/ogc/collections/${encodeURIComponent(id)}`;
  return { href, rel: "collection", type: "application/json" };
}

const writers = new WeakMap<DescField, WriteFeature>();

/** How rows of a kind of collection are written. */
export function writerFor({ rows, properties }: Kind): WriteFeature {
  let writer = writers.get(rows);
  if (writer === undefined) {
    writer = tableFeature(rows, properties);
    writers.set(rows, writer);
  }
  return writer;
}

/** Reads pages of a list one after the other until the limit is reached, or a bound of this resource. */
async function readPage(
  collection: Collection,
  message: Message,
  { limit, pageToken }: Paging,
  read: Read,
): Promise<Page> {
  const { kind } = collection;
  const { list, rows, pageSize, pageSizeMax, withTotal } = kind;
  const write = writerFor(kind);
  const page: Page = { features: [], next: pageToken, etag: "", isUnchanged: false, matched: undefined };
  let bytes = 0;
  for (let calls = 0; calls < CALLS_MAX; calls++) {
    setFieldValue(message, pageSize, Math.min(limit - page.features.length, pageSizeMax));
    setFieldValue(message, kind.pageToken, page.next);
    const response = await read(list, message).catch((error) => {
      throw asRefusedItems(collection, error);
    });
    if (calls === 0) {
      Object.assign(page, listSaid(list, response));
      if (page.isUnchanged) return page;
      page.matched = matchedIn(kind, response);
      if (list.knownEtag) setFieldValue(message, list.knownEtag, "");
      if (withTotal) setFieldValue(message, withTotal, false);
    }
    for (const text of elementsOf(rows, response, (reader, end) => write(reader, end))) {
      page.features.push(text);
      bytes += text.length;
    }
    page.next = textIn(response, list.nextPage as DescField);
    if (page.next === "" || page.features.length >= limit || bytes >= PAGE_BYTES) break;
  }
  return page;
}

function matchedIn({ total, exceeded }: Kind, response: Message): number | undefined {
  const matched = total && numberIn(response, total);
  return exceeded && numberIn(response, exceeded) ? undefined : matched;
}
