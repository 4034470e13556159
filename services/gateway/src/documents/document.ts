import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { fieldValue } from "../requests/field-value.ts";
import { messageOf } from "../routes/geometry-field.ts";
import type { Shown } from "../routes/route.ts";
import { featureWriter } from "./feature.ts";
import { compileWriter, placesIn, readerOf, type WriteMessage, writerOf } from "./wire-json.ts";
import type { WireReader } from "./wire-reader.ts";

/** Fields without a value are shown, so that a document always has the same shape. */
export const JSON_OPTIONS = { useProtoFieldName: true, alwaysEmitImplicit: true };

/** The fields of rows that a request chose; undefined for all. */
export type Chosen = ReadonlySet<string> | undefined;

/** Shows what a route shows of a response. Of the documents in `rows`, only the chosen fields are shown. */
export function shownText(
  { desc, field, list }: Shown,
  response: Message,
  rows?: DescField,
  chosen?: Chosen,
): string {
  if (field === undefined) {
    const write = rows && chosen ? withRows(desc, rows, rowWriter(rows, chosen)) : writerOf(desc);
    const reader = readerOf(desc, response);
    return write(reader, reader.bytes.length);
  }
  if (list) return `[${elementsOf(field, response, rowWriter(field, chosen)).join(",")}]`;
  const value = fieldValue(response, field);
  return value === undefined ? "null" : documentText(desc, value as Message, field);
}

/** Shows a message as JSON text, with areas as GeoJSON and without the fields that it does not carry in `holder`. */
export function documentText(desc: DescMessage, message: Message, holder?: DescField): string {
  const reader = readerOf(desc, message);
  return writerOf(desc, holder)(reader, reader.bytes.length);
}

/** Shows a message that has a geometry as a GeoJSON Feature, all other fields that it carries as properties. */
export function featureText(desc: DescMessage, message: Message, holder?: DescField): string {
  const reader = readerOf(desc, message);
  return featureWriter(desc, holder)(reader, reader.bytes.length);
}

/** Shows a list as a GeoJSON FeatureCollection, whatever else the response says beside its features. */
export function collectionText(
  desc: DescMessage,
  rows: DescField,
  response: Message,
  chosen?: Chosen,
): string {
  const features = elementsOf(rows, response, featureWriter(messageOf(rows) as DescMessage, rows, chosen));
  const reader = readerOf(desc, response);
  const rest = compileWriter(desc, { without: [rows.name] })(reader, reader.bytes.length);
  const members = rest === "{}" ? "" : `,${rest.slice(1, -1)}`;
  return `{"type":"FeatureCollection"${members},"features":[${features.join(",\n")}]}`;
}

/** What is read of each message in a field of a message: its text, or anything else. */
export function elementsOf<T>(
  field: DescField,
  message: Message,
  read: (reader: WireReader, end: number) => T,
): T[] {
  const reader = readerOf(field.parent, message);
  return placesIn(reader, reader.bytes.length, field).map(([start, end]) => {
    reader.at = start;
    return read(reader, end);
  });
}

/** How the documents in a field are written. */
export function rowWriter(rows: DescField, chosen?: Chosen): WriteMessage {
  const desc = messageOf(rows) as DescMessage;
  return chosen === undefined ? writerOf(desc, rows) : compileWriter(desc, { only: chosen });
}

function withRows(desc: DescMessage, rows: DescField, write: WriteMessage): WriteMessage {
  return compileWriter(desc, { within: new Map([[rows, write]]) });
}

/** The revision that a document says of itself, if it does. */
export function revisionOf(desc: DescMessage, message: Message): bigint | undefined {
  const field = fieldWithRole(desc, FieldRole.REVISION);
  return field && (fieldValue(message, field) as bigint);
}
