import type { DescField, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { set_by } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldsByName } from "../requests/read-message.ts";
import { PATCH_TYPES } from "../requests/transcode.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import { routesOf } from "../routes/route-table.ts";
import { mustBeGiven, pathsOfMask, type Schema } from "./field-rules.ts";
import { nameOf, type SchemaBook } from "./schema-book.ts";

/** The body of a request, as OpenAPI describes it; undefined where a route takes none. */
export function requestBody(route: Route, book: SchemaBook, writable: Writable): Schema | undefined {
  if (route.upload) return fileBody(route);
  if (route.body === "none") return undefined;
  const { description, schema, required } = bodySchema(route, book, writable);
  const types = route.httpMethod === "PATCH" ? PATCH_TYPES : ["application/json"];
  const content = Object.fromEntries(types.map((type) => [type, { schema }]));
  return {
    ...(description !== undefined && { description }),
    ...(required && { required: true }),
    content,
  };
}

interface Body {
  description?: unknown;
  schema: Schema;
  required: boolean;
}

function bodySchema(route: Route, book: SchemaBook, writable: Writable): Body {
  const { body, rpc } = route;
  if (typeof body !== "object") return wholeBody(route, book);
  const desc = messageOf(body);
  if (desc === undefined || isGeometry(body)) {
    const { description, ...schema } = book.field(body, "request");
    return { description, schema, required: mustBeGiven(body) };
  }
  if (route.mask !== undefined) return { schema: patchBody(route, book, desc, body), required: true };
  const bound = route.variables.flatMap(({ fields }) => (fields[0] === body ? fields.slice(1, 2) : []));
  const settable = writable.get(desc);
  const fields = inputFields(desc).filter((it) => !bound.includes(it) && (settable?.has(it) ?? true));
  const name = settable === undefined ? `${nameOf(desc)}Input` : `${rpc.name}Body`;
  const schema = book.part(desc, { name, side: "request", fields });
  return { schema, required: mustBeGiven(body) || fields.some(mustBeGiven) };
}

/** All fields that neither the path nor a header fills. */
function wholeBody(route: Route, book: SchemaBook): Body {
  const { rpc, variables, requestId, expectedRevision } = route;
  const elsewhere = new Set([requestId, expectedRevision, ...variables.map(({ fields }) => fields[0])]);
  const fields = inputFields(rpc.input).filter((it) => !elsewhere.has(it));
  const schema = book.part(rpc.input, { name: `${rpc.name}Body`, side: "request", fields });
  return { schema, required: fields.some(mustBeGiven) };
}

/** A merge patch sets the fields that its mask may name, and clears those that it gives as null. */
function patchBody(route: Route, book: SchemaBook, desc: DescMessage, body: DescField): Schema {
  const paths = new Set(pathsOfMask(route.mask as DescField).map((path) => path.split(".")[0] as string));
  const bound = route.variables.flatMap(({ fields }) => (fields[0] === body ? fields.slice(1, 2) : []));
  const fields = inputFields(desc).filter(
    (it) => !bound.includes(it) && (paths.size === 0 || paths.has(it.name)),
  );
  const name = `${route.rpc.name}Patch`;
  return book.part(desc, { name, side: "patch", fields });
}

function inputFields(desc: DescMessage): DescField[] {
  return [...new Set(fieldsByName(desc).values())];
}

/** The fields of a document that callers may set, where a mask of some RPC or another RPC says which. */
export type Writable = ReadonlyMap<DescMessage, ReadonlySet<DescField>>;

/** Finds the fields of documents that callers may set: those that a mask may name, and those that have an RPC of their own. */
export function writableFields(services: readonly DescService[]): Writable {
  const found = new Map<DescMessage, ReadonlySet<DescField>>();
  for (const { body, mask } of services.flatMap((it) => it.methods).flatMap(routesSafely)) {
    const desc = typeof body === "object" ? messageOf(body) : undefined;
    const paths = mask === undefined ? [] : pathsOfMask(mask);
    if (desc === undefined || paths.length === 0) continue;
    found.set(
      desc,
      new Set(desc.fields.filter((it) => paths.includes(it.name) || getOption(it, set_by) !== "")),
    );
  }
  return found;
}

function routesSafely(rpc: DescMethod): Route[] {
  return rpc.methodKind === "bidi_streaming" ? [] : routesOf(rpc);
}

/** Bytes. OpenAPI 3.1 says it by the media type; generators of clients know the format. */
const FILE: Schema = { type: "string", contentMediaType: "application/octet-stream", format: "binary" };

/** A file as the body, or as the only file of a form. */
function fileBody({ rpc, bodyMaxBytes }: Route): Schema {
  const file = { schema: FILE };
  const form = {
    schema: {
      type: "object",
      required: ["file"],
      properties: { file: FILE },
    },
  };
  const types = [...rulesOf(rpc).bodyMediaTypes, "application/octet-stream"];
  return {
    required: true,
    description: `The file itself, of any type, or a form with one file. At most ${bodyMaxBytes} bytes.`,
    content: {
      ...Object.fromEntries(types.map((type) => [type, file])),
      "multipart/form-data": form,
    },
  };
}
