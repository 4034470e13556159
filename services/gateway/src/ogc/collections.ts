import { type DescField, fromBinary, type Message } from "@bufbuild/protobuf";
import { placesIn, readerOf, textIn } from "../documents/wire-json.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { publicUrl } from "../public-url.ts";
import { fieldValue, setFieldValue } from "../requests/field-value.ts";
import type { RouteTable } from "../routes/route-table.ts";
import { documentReply, JSON_TYPES, mediaTypeFor, nextLinks, selfLink } from "./answer.ts";
import { asRefusedId } from "./as-refused-here.ts";
import { type Collection, collectionBelow, itemOf, type Kind, listRequest } from "./collection.ts";
import { collectionDocument } from "./collection-document.ts";
import { pagingOf, parametersOf } from "./parameters.ts";
import type { Read } from "./read.ts";

/** The parameters of the list of collections. */
export const COLLECTIONS_PARAMETERS = ["limit", "page_token", "f"];
/** The most calls of the list of rows for one page of collections. */
const CALLS_MAX = 10;

/** How many collections that lie below rows a page has at most, for each kind. */
export function largestPage(kinds: readonly Kind[]): number {
  return Math.max(1, ...kinds.map(({ each }) => (each ? CALLS_MAX * each.kind.pageSizeMax : 1)));
}

/**
 * Answers with the collections: on the first page those that lie below nothing, and on each page those that lie below rows
 * which the caller may see, a page of rows at a time.
 */
export async function collectionsReply(
  exchange: Exchange,
  kinds: readonly Kind[],
  read: Read,
): Promise<Reply> {
  const parameters = parametersOf(exchange.query, COLLECTIONS_PARAMETERS);
  const type = mediaTypeFor(exchange, JSON_TYPES, parameters.get("f"));
  const { limit, pageToken } = pagingOf(parameters, largestPage(kinds));
  const base = publicUrl(exchange);
  const documents: object[] = [];
  if (pageToken === "") {
    for (const kind of kinds) {
      if (!kind.each) documents.push(collectionDocument(base, { id: kind.rules.id, kind, of: "" }));
    }
  }
  const below = kinds.filter(({ each }) => each !== undefined);
  const { rows, next } = await readRows(below, { limit, pageToken }, read);
  for (const row of rows) for (const kind of below) documents.push(documentBelow(base, kind, row));
  const links = [selfLink(exchange, type), ...nextLinks(exchange, type, next)];
  return documentReply(exchange, type, { links, collections: documents });
}

function documentBelow(base: string, kind: Kind, row: Message): object {
  const { each } = kind;
  if (each === undefined) throw new Error(`${kind.rules.id} lies below nothing`);
  return collectionDocument(base, collectionBelow(kind, each, String(fieldValue(row, each.inRow))), row);
}

/** Reads the rows below which collections lie. All kinds lie below the rows of one list. */
async function readRows(
  [first]: readonly Kind[],
  { limit, pageToken }: { limit: number; pageToken: string },
  read: Read,
): Promise<{ rows: Message[]; next: string }> {
  const parent = first?.each?.kind;
  if (parent === undefined) return { rows: [], next: "" };
  const found: Message[] = [];
  let next = pageToken;
  const message = listRequest({ id: parent.rules.id, kind: parent, of: "" });
  for (let calls = 0; calls < CALLS_MAX; calls++) {
    setFieldValue(message, parent.pageSize, Math.min(limit - found.length, parent.pageSizeMax));
    setFieldValue(message, parent.pageToken, next);
    const response = await read(parent.list, message);
    const reader = readerOf(parent.list.rpc.output, response);
    for (const [start, end] of placesIn(reader, reader.bytes.length, parent.rows))
      found.push(fromBinary(parent.desc, reader.bytes.subarray(start, end)));
    next = textIn(response, parent.list.nextPage as DescField);
    if (next === "" || found.length >= limit) break;
  }
  return { rows: found, next };
}

/** Answers with one collection, wherever in the list of all it is. */
export async function collectionReply(
  exchange: Exchange,
  table: RouteTable,
  collection: Collection,
  read: Read,
): Promise<Reply> {
  const parameters = parametersOf(exchange.query, ["f"]);
  const type = mediaTypeFor(exchange, JSON_TYPES, parameters.get("f"));
  const row = await rowOf(table, collection, read);
  return documentReply(exchange, type, collectionDocument(publicUrl(exchange), collection, row));
}

/** Reads the row below which a collection lies, if it does. Whether the caller may see it, its service says. */
export async function rowOf(
  table: RouteTable,
  { kind, of }: Collection,
  read: Read,
): Promise<Message | undefined> {
  if (kind.each === undefined) return undefined;
  const { route, message } = itemOf(table, { kind: kind.each.kind, of: "" }, of);
  const response = await read(route, message).catch((error) => {
    throw asRefusedId(of, error);
  });
  return (route.shown.field === undefined ? response : fieldValue(response, route.shown.field)) as Message;
}
