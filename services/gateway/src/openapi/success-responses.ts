import { isDeepStrictEqual } from "node:util";
import { type DescField, getOption } from "@bufbuild/protobuf";
import { OperationSchema } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { names } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import type { Resolvers } from "../documents/included.ts";
import { MEDIA_TYPES, type Offer } from "../documents/negotiate.ts";
import { isFile } from "../files/file-name.ts";
import { hasParts } from "../files/ranges.ts";
import { messageOf } from "../routes/geometry-field.ts";
import { isAnsweredOnce, type Route } from "../routes/route.ts";
import { matchRoute, type RouteTable } from "../routes/route-table.ts";
import { answerSchema, shownSchema } from "./answer-schemas.ts";
import type { Schema } from "./field-rules.ts";
import { withIncluded } from "./inclusion.ts";
import { hasTag } from "./parameters.ts";
import { EVERY_HEADER } from "./problem-responses.ts";
import { componentOf, nameOf, type SchemaBook } from "./schema-book.ts";

const JSON_TYPE = MEDIA_TYPES.json;
const header = (name: string): Schema => ({ $ref: `#/components/headers/${name}` });

/** What a read may be answered with, by status. */
export function readResponses(
  offers: readonly Offer[],
  book: SchemaBook,
  resolvers: Resolvers,
): Record<string, Schema> {
  const content: Record<string, Schema> = {};
  for (const offer of offers) {
    const type = MEDIA_TYPES[offer.form];
    const schema = withIncluded(answerSchema(offer, book), offer, resolvers, book);
    const before = content[type]?.schema as Schema | undefined;
    const isSame = before === undefined || isDeepStrictEqual(before, schema);
    content[type] = { schema: isSame ? schema : either(before, schema, book) };
  }
  const routes = [...new Set(offers.map(({ route }) => route))];
  const streams = routes.filter(({ rpc }) => !isAnsweredOnce(rpc));
  const tagged = routes.some(hasTag);
  const linked = routes.some(({ nextPage }) => nextPage) || offers.some(({ form }) => form === "links");
  const headers = {
    ...EVERY_HEADER,
    ...(tagged && { ETag: header("ETag") }),
    "Content-Encoding": header("ContentEncoding"),
    ...(linked && { Link: header("Link") }),
    ...(routes.some(({ languages }) => languages) && { "Content-Language": header("ContentLanguage") }),
    ...(routes.some(isOperation) && { "Retry-After": header("RetryAfter") }),
  };
  const streamed = streams.length > 0 && offers.some(({ form }) => form === "sse" || form === "ndjson");
  const hint = streamed ? ` ${STREAMS}` : "";
  const parted = routes.some(hasParts);
  const file = {
    ...(offers.some(isFile) && { "Content-Disposition": header("ContentDisposition") }),
    ...(parted && { "Accept-Ranges": header("AcceptRanges") }),
  };
  return {
    "200": { description: `The document.${hint}`, headers: { ...headers, ...file }, content },
    ...(parted && {
      "206": {
        description: "The part of the document that the header Range names.",
        headers: { ...headers, ...file, "Content-Range": header("ContentRange") },
        content,
      },
      "416": {
        description: "The document ends before the part that the header Range names.",
        headers: {
          ...headers,
          "Accept-Ranges": header("AcceptRanges"),
          "Content-Range": header("ContentRange"),
        },
      },
    }),
    ...(tagged && { "304": book.response("NotModified", notModified) }),
  };
}

/** What two RPCs on one path answer in the same form. */
function either(one: Schema, other: Schema, book: SchemaBook): Schema {
  const anyOf = [one, other];
  if (anyOf.some(({ $ref }) => $ref === undefined)) return { anyOf };
  return book.named(anyOf.map(componentOf).join("Or"), either, () => ({
    description: "The answer of one RPC or of the other, as the parameters of the request choose.",
    anyOf,
  }));
}

const STREAMS =
  "As `text/event-stream` and `application/x-ndjson` it is a stream: the schema is that of the data of one event, or of one " +
  'line. A stream that fails ends with `event: problem`, or with a line `{"problem": …}`.';

function notModified(): Schema {
  const headers = {
    ...EVERY_HEADER,
    ETag: header("ETag"),
    Link: header("Link"),
    "Content-Language": header("ContentLanguage"),
    "Retry-After": header("RetryAfter"),
  };
  return { description: "Nothing has changed since the answer with the tag in If-None-Match.", headers };
}

function isOperation({ shown }: Route): boolean {
  return !shown.list && shown.desc.typeName === OperationSchema.typeName;
}

/** What a command may be answered with, by status. */
export function commandResponses(
  route: Route,
  { book, table, resolvers }: { book: SchemaBook; table: RouteTable; resolvers: Resolvers },
): Record<string, Schema> {
  const bare = commandSchema(route, book, table);
  const schema = bare && withIncluded(bare, { route, form: "json" }, resolvers, book);
  const { created, startsOperation } = route;
  const told = (description: string, more: Record<string, Schema> = {}): Schema => ({
    description,
    headers: { ...commandHeaders(route), ...more },
    ...(schema && { content: { [JSON_TYPE]: { schema } } }),
  });
  const where = { Location: header("Location") };
  if (startsOperation) {
    return {
      "200": told("With `Prefer: wait`: the operation, which is done.", where),
      "202": told("The operation, which continues.", { ...where, "Retry-After": header("RetryAfter") }),
    };
  }
  const isNew = told("Created. Without a body where the request prefers `return=minimal`.", where);
  if (created === true) return { "201": isNew };
  const done = schema === undefined ? {} : { "200": told("Done.") };
  const silent = route.said.length > 0 ? {} : { "204": silentResponse(route) };
  return { ...done, ...(created !== false && { "201": isNew }), ...silent };
}

function silentResponse(route: Route): Schema {
  const when = "Done. There is no document to show, or the request prefers `return=minimal`.";
  return { description: when, headers: commandHeaders(route) };
}

function commandHeaders({ requestId }: Route): Record<string, Schema> {
  return {
    ...EVERY_HEADER,
    ...(requestId && { "Idempotency-Key": header("IdempotencyKey") }),
    ETag: header("ETag"),
    "Idempotent-Replayed": header("IdempotentReplayed"),
    "Preference-Applied": header("PreferenceApplied"),
  };
}

/** The document that a command is answered with, or what its response alone says. Undefined where there is neither. */
function commandSchema(route: Route, book: SchemaBook, table: RouteTable): Schema | undefined {
  const { rpc, said } = route;
  const own =
    said.length === 0
      ? undefined
      : book.part(rpc.output, { name: nameOf(rpc.output), side: "answer", fields: said });
  const document = documentRoute(route, table);
  if (document === "unknown") return { type: "object", additionalProperties: true };
  if (document === undefined) return own;
  const shown = shownSchema(document, book);
  if (own === undefined) return shown;
  // Where both have a member of one name, that of the response stands.
  const wanted = `${rpc.name}Answer`;
  const both = book.named(wanted, rpc, () => {
    const { schemas } = book;
    const of = (schema: Schema) => schemas[componentOf(schema)] as Schema;
    const [one, other] = [of(shown), of(own)];
    return {
      type: "object",
      description: "The document, with what only the response to this command says.",
      required: [
        ...new Set([...((one.required as string[]) ?? []), ...((other.required as string[]) ?? [])]),
      ],
      properties: { ...(one.properties as object), ...(other.properties as object) },
    };
  });
  return book.named(`${rpc.name}Result`, rpc, () => ({
    description: "The document and what only the response to this command says, or the latter alone.",
    anyOf: [both, own],
  }));
}

/** The route of the GET that shows what a command acknowledges, if it shows one document and the contract names it. */
function documentRoute(route: Route, table: RouteTable): Route | "unknown" | undefined {
  const { acknowledgement, httpMethod, startsOperation } = route;
  if (acknowledgement === undefined || (httpMethod === "DELETE" && !startsOperation)) return undefined;
  const template = getOption(acknowledgement as DescField, names);
  if (template === "") return "unknown";
  const { unary } = matchRoute(table, "GET", `/v1/${template}`).endpoint;
  if (unary === undefined || unary.shown.list || unary.rows !== undefined || unary.shown.field === undefined)
    return undefined;
  return messageOf(unary.shown.field) === undefined ? undefined : unary;
}
