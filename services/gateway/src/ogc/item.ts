import type { Message } from "@bufbuild/protobuf";
import { readerOf } from "../documents/wire-json.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { fieldValue } from "../requests/field-value.ts";
import type { RouteTable } from "../routes/route-table.ts";
import { digestOf, GEOJSON, GEOJSON_TYPES, mediaTypeFor, selfLink, taggedReply } from "./answer.ts";
import { asRefusedId } from "./as-refused-here.ts";
import { type Collection, itemOf } from "./collection.ts";
import { CRS84 } from "./crs.ts";
import { collectionLink, writerFor } from "./items.ts";
import { parametersOf } from "./parameters.ts";
import type { Read } from "./read.ts";

/** Answers with one feature of a collection, as it is among the items. */
export async function itemReply(
  exchange: Exchange,
  table: RouteTable,
  collection: Collection,
  featureId: string,
  read: Read,
): Promise<Reply> {
  const parameters = parametersOf(exchange.query, ["f"]);
  const type = mediaTypeFor(exchange, GEOJSON_TYPES, parameters.get("f"));
  const { kind } = collection;
  const { route, message } = itemOf(table, collection, featureId);
  const response = await read(route, message).catch((error) => {
    throw asRefusedId(featureId, error);
  });
  const row = (route.shown.field ? fieldValue(response, route.shown.field) : response) as Message;
  const links = [selfLink(exchange, GEOJSON), collectionLink(exchange, collection)];
  const reader = readerOf(kind.desc, row);
  const text = writerFor(kind)(reader, reader.bytes.length, `,"links":${JSON.stringify(links)}`);
  return taggedReply(
    exchange,
    digestOf(text),
    { "Content-Type": type, "Content-Crs": `<${CRS84}>` },
    () => text,
  );
}
