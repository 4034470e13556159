import type { DescField } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { TICKET, takesTicket } from "../browsers/stream-ticket.ts";
import { type Form, MEDIA_TYPES } from "../documents/negotiate.ts";
import { WAIT_MAX_SECONDS } from "../documents/operation-wait.ts";
import { hasParts } from "../files/ranges.ts";
import { fieldsByName, isLeaf } from "../requests/read-message.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import { isAnsweredOnce, LANGUAGE, type Route } from "../routes/route.ts";
import { hasPresence, mustBeGiven, type Schema } from "./field-rules.ts";
import type { Reference, SchemaBook } from "./schema-book.ts";

/** A parameter of OpenAPI. */
export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Schema;
  [more: string]: unknown;
}

/** Messages within messages of a query are taken to this depth. */
const DEPTH_MAX = 4;

/** The name of a variable of a path: the last of the fields that lead to it. */
export function variableName({ variable }: Route["variables"][number]): string {
  return variable.fieldPath.at(-1) as string;
}

/** The variables of a path. */
export function pathParameters(route: Route, book: SchemaBook): Parameter[] {
  return route.variables.map((it) => {
    const field = it.fields.at(-1) as DescField;
    const { description, ...schema } = book.field(field, "request");
    return { name: variableName(it), in: "path", required: true, description, schema };
  });
}

/** The parameters of a query: the fields that neither path, body nor header fills. */
export function queryParameters(route: Route, book: SchemaBook): Parameter[] {
  if (route.body === "all") return [];
  const fields = [...new Set(fieldsByName(route.rpc.input).values())];
  return fields
    .filter((field) => !isElsewhere(route, field))
    .flatMap((field) => fieldParameters(route, [field], book));
}

/** Whether a field of a request is filled by something else than the query. */
function isElsewhere(route: Route, field: DescField): boolean {
  const headers: (DescField | undefined)[] = [route.requestId, route.expectedRevision, route.knownEtag];
  return headers.includes(field) || field === route.body || field === route.mask;
}

function fieldParameters(route: Route, path: readonly DescField[], book: SchemaBook): Parameter[] {
  const field = path.at(-1) as DescField;
  if (route.variables.some(({ fields }) => fields.every((it, at) => it === path[at]))) return [];
  const below = messageOf(field);
  if (below !== undefined && (!isLeaf(below) || isGeometry(field))) {
    if (field.fieldKind !== "message" || isGeometry(field) || path.length >= DEPTH_MAX) return [];
    return below.fields.flatMap((it) => fieldParameters(route, [...path, it], book));
  }
  if (field.fieldKind === "map") return [];
  const { description, deprecated, ...schema } = book.field(field, "request");
  return [
    {
      name: field === route.languages ? LANGUAGE : path.map((it) => it.name).join("."),
      in: "query",
      ...(isRequired(path) && { required: true }),
      ...(description !== undefined && { description }),
      ...(deprecated === true && { deprecated }),
      ...(below?.typeName === FieldMaskSchema.typeName && { style: "form", explode: false }),
      schema,
    },
  ];
}

/** A field within a message that may be absent need not be given. */
function isRequired(path: readonly DescField[]): boolean {
  return path.every((it) => mustBeGiven(it));
}

/** The parameter that chooses the form of an answer, where there are several. */
export function formParameter(forms: readonly Form[]): Parameter[] {
  if (forms.length < 2) return [];
  const [first] = forms;
  return [
    {
      name: "f",
      in: "query",
      description: `The form of the answer, instead of the header Accept; \`${first}\` if neither says. ${forms
        .map((it) => `\`${it}\` is \`${MEDIA_TYPES[it]}\``)
        .join(", ")}.`,
      schema: { type: "string", enum: forms },
    },
  ];
}

/** The ticket by which a path is read where no header can be set. */
export function ticketParameter(routes: readonly Route[]): Parameter[] {
  if (!routes.some(takesTicket)) return [];
  const description =
    "A ticket of `POST /v1/stream-tickets` for this path, instead of Authorization: for an EventSource, a download or an editor, which can set no header.";
  return [{ name: TICKET, in: "query", description, schema: { type: "string" } }];
}

/** Whether the answers of a route have a tag, by which a client that has one gets 304. */
export function hasTag({ rpc, httpMethod, etag }: Route): boolean {
  return httpMethod === "GET" && (isAnsweredOnce(rpc) || etag !== undefined);
}

/** The headers that a route reads. */
export function headerParameters(route: Route, book: SchemaBook): Reference[] {
  const { requestId, expectedRevision, resumePosition, acknowledgement, startsOperation, upload } = route;
  const isRead = acknowledgement === undefined;
  const names = [
    ...(requestId ? ["IdempotencyKey"] : []),
    ...(expectedRevision ? [hasPresence(expectedRevision) ? "IfMatchOptional" : "IfMatch"] : []),
    ...(hasTag(route) ? ["IfNoneMatch"] : []),
    ...(hasParts(route) ? ["Range", "IfRange"] : []),
    ...(isRead ? [] : [startsOperation ? "PreferWait" : "Prefer"]),
    ...(route.languages ? ["AcceptLanguage"] : []),
    ...(resumePosition ? ["LastEventId"] : []),
    ...(upload?.fileName ? ["ContentDisposition"] : []),
  ];
  return names.map((name) => book.parameter(name, HEADER_PARAMETERS[name] as Parameter));
}

const header = (name: string, description: string, schema: Schema, more: object = {}): Parameter => ({
  name,
  in: "header",
  description,
  schema: { type: "string", ...schema },
  ...more,
});

const PREFER =
  "`return=minimal` asks for no document, only for what the response alone says; `return=representation` for the document, " +
  "which is the default.";
/**
 * The tag of a document: its revision, a digest, the form and the content coding. Generators of clients write a pattern into a text
 * of their own, so it has no quote.
 */
const tagPattern = (revision: string) =>
  `^(W/)?\\x22${revision}(\\.[0-9A-Za-z._]{1,100})?(-[a-z]+)?((--?|;)(gzip|br|deflate|zstd))*\\x22$`;
/** Revisions begin with 1. */
const TAG = { pattern: tagPattern("[1-9][0-9]{0,17}") };
const TAG_OR_NONE = { pattern: tagPattern("(0|[1-9][0-9]{0,17})") };
/** A string of RFC 9651, or the same without its quotes. */
const KEY = { pattern: "^(\\x22([ !#-\\[\\]-~]|\\\\[\\x22\\\\])+\\x22|[!#-~][!-~]*)$" };

/** The headers of requests. A name is the one of the component. */
const HEADER_PARAMETERS: Record<string, Parameter> = {
  IdempotencyKey: header(
    "Idempotency-Key",
    "The caller's id of the command, a string in quotes. The same key with the same content has no second effect, for at least " +
      "7 days. Without one the gateway makes one, and returns it.",
    KEY,
    { example: '"0b7f2c52-7a0e-4e0b-9a3c-6c1c0a1f4d1e"' },
  ),
  IfMatch: header(
    "If-Match",
    "The ETag of the document that the change was made from. Without it the request is refused with 428.",
    TAG,
    { required: true, example: '"7"' },
  ),
  IfMatchOptional: header(
    "If-Match",
    "The ETag of the document that the change was made from.",
    TAG_OR_NONE,
    {
      example: '"7"',
    },
  ),
  IfNoneMatch: header(
    "If-None-Match",
    "An ETag of an earlier answer. While nothing has changed, the answer is 304 and has no body.",
    {},
    { example: '"7"' },
  ),
  AcceptLanguage: header(
    "Accept-Language",
    `The languages that the reader prefers, where the parameter \`${LANGUAGE}\` names none. \`Content-Language\` says which it is.`,
    {},
    { example: "fr, en;q=0.5" },
  ),
  Range: header(
    "Range",
    "The part of the document that is wanted, in bytes. Several parts are answered by the whole.",
    {},
    { example: "bytes=1000-" },
  ),
  IfRange: header(
    "If-Range",
    "The ETag of the document that the client has the beginning of. If it has another one now, the answer is the whole.",
    {},
    { example: '"7-csv"' },
  ),
  Prefer: header("Prefer", PREFER, {}, { example: "return=minimal" }),
  PreferWait: header(
    "Prefer",
    `${PREFER} \`wait=N\` waits until the operation is done, for at most N seconds and at most ${WAIT_MAX_SECONDS}.`,
    {},
    { example: "wait=10" },
  ),
  LastEventId: header(
    "Last-Event-ID",
    "The `id` of the last event that was received: the stream resumes after it. Browsers send it by themselves.",
    {},
  ),
  ContentDisposition: header(
    "Content-Disposition",
    "What the file is called, where the body is the file itself.",
    {},
    { example: 'attachment; filename="area.geojson"' },
  ),
};
