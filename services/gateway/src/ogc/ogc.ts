import type { DescService } from "@bufbuild/protobuf";
import type { Visit } from "../doorway.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { refuseNoResource } from "../http-refusal.ts";
import { publicUrl } from "../public-url.ts";
import type { RouteTable } from "../routes/route-table.ts";
import { documentReply, JSON_TYPES, mediaTypeFor, OPENAPI_TYPES, SCHEMA_TYPES } from "./answer.ts";
import { apiDocument } from "./api-document.ts";
import { collectionOf, type Kind, kindsOf } from "./collection.ts";
import { collectionReply, collectionsReply, rowOf } from "./collections.ts";
import { itemReply } from "./item.ts";
import { itemsReply } from "./items.ts";
import { conformance, landingPage } from "./landing.ts";
import { parametersOf } from "./parameters.ts";
import { type Read, type ReadDeps, readFor } from "./read.ts";
import { featureSchema } from "./schema.ts";

/** Where the API lies. */
const OGC_PATH = "/ogc";
/** The link to it. */
export const OGC = {
  rel: "ogc-api-features",
  href: OGC_PATH,
  type: "application/json",
  title: "The same for programs for maps, such as QGIS: OGC API - Features",
};

interface Deps extends ReadDeps {
  services: readonly DescService[];
}

/**
 * OGC API – Features, Part 1: the lists that the contracts declare as collections, for programs for maps. No list is known
 * here: see CollectionRules in the contracts.
 */
export function ogc(deps: Deps) {
  const site = kindsOf(deps.services);
  return {
    takes: (path: string) => path === OGC_PATH || path.startsWith(`${OGC_PATH}/`),
    reply: (exchange: Exchange, visit: Visit): Promise<Reply> =>
      reply(site, exchange, readFor(deps, exchange, visit)),
  };
}

interface Site {
  kinds: readonly Kind[];
  table: RouteTable;
}

async function reply(site: Site, exchange: Exchange, read: Read): Promise<Reply> {
  const segments = segmentsOf(exchange.path);
  const [first, id] = segments;
  if (first === "collections" && id !== undefined) return below(site, exchange, segments, read);
  if (segments.length > 1) throw notFound(exchange);
  exchange.template = `${OGC_PATH}${first === undefined ? "" : `/${first}`}`;
  switch (first) {
    case undefined:
      return plain(exchange, JSON_TYPES, landingPage(publicUrl(exchange)));
    case "conformance":
      return plain(exchange, JSON_TYPES, conformance());
    case "api":
      return plain(exchange, OPENAPI_TYPES, apiDocument(publicUrl(exchange), site.kinds));
    case "collections":
      return collectionsReply(exchange, site.kinds, read);
    default:
      throw notFound(exchange);
  }
}

/** Replies to a request for one collection, or for what is in it. */
async function below(
  { kinds, table }: Site,
  exchange: Exchange,
  [, id = "", part, featureId, ...rest]: readonly string[],
  read: Read,
): Promise<Reply> {
  exchange.template = `${OGC_PATH}/collections/{collectionId}`;
  if (rest.length > 0) throw notFound(exchange);
  const collection = collectionOf(kinds, id);
  if (part === undefined) return collectionReply(exchange, table, collection, read);
  if (part === "items") {
    exchange.template += featureId === undefined ? "/items" : "/items/{featureId}";
    return featureId === undefined
      ? itemsReply(exchange, collection, read)
      : itemReply(exchange, table, collection, featureId, read);
  }
  if (part !== "schema" || featureId !== undefined) throw notFound(exchange);
  exchange.template += "/schema";
  // A caller that may not see the row does not learn of the collection.
  await rowOf(table, collection, read);
  const url = `${publicUrl(exchange)}${exchange.path}`;
  return plain(exchange, SCHEMA_TYPES, featureSchema(collection.kind, url, id));
}

function plain(exchange: Exchange, types: readonly string[], document: object): Reply {
  const parameters = parametersOf(exchange.query, ["f"]);
  return documentReply(exchange, mediaTypeFor(exchange, types, parameters.get("f")), document);
}

/** The decoded segments of a path below that of the API. A slash at its end makes no difference to the landing page. */
function segmentsOf(path: string): string[] {
  const rest = path.slice(OGC_PATH.length);
  if (rest === "" || rest === "/") return [];
  try {
    return rest.slice(1).split("/").map(decodeURIComponent);
  } catch {
    throw refuseNoResource(`No resource has the path ${path}`);
  }
}

function notFound({ path }: Exchange) {
  return refuseNoResource(`No resource has the path ${path}`);
}
