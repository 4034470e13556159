import { randomUUID } from "node:crypto";
import { create, type DescField, type Message } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { type Exchange, hasBody } from "../exchange.ts";
import { type Fault, refuseHttp } from "../http-refusal.ts";
import { escapePointer } from "../problems/pointer.ts";
import { publicUrl } from "../public-url.ts";
import type { BoundVariable, Route } from "../routes/route.ts";
import { type BodyLimits, checkMediaType, readBody } from "./body.ts";
import { codingOf, decoded } from "./content-coding.ts";
import { revisionIn } from "./entity-tag.ts";
import { fieldValue, setFieldValue } from "./field-value.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import { maskOf } from "./merge-patch.ts";
import { messageAbove, type Parameter, readQuery, readText } from "./query.ts";
import { readField, readMessage } from "./read-message.ts";
import { parseStrictJson } from "./strict-json.ts";

/** What an HTTP request says besides its body. */
export interface Input {
  segments: readonly string[];
  parameters: readonly Parameter[];
  /** What could not be decoded of the query. */
  malformed: readonly Fault[];
  /** What is wrong with the gateway's own parameters. */
  unreadable?: readonly Fault[];
}

/**
 * Turns an HTTP request, whose body was read, into the request message of an RPC.
 *
 * It refuses in the order of the gateway's reasons: the body as JSON, then headers and path, then fields.
 */
export function transcode(exchange: Exchange, route: Route, input: Input, body: Buffer | undefined): Message {
  const json = body === undefined || body.length === 0 ? undefined : parseStrictJson(body);
  const headers = readHeaders(exchange, route);
  const message = create(route.rpc.input);
  const bound = bindPath(route, input.segments);
  const malformed = [...input.malformed, ...bound.faults];
  if (malformed.length > 0) throw refuseHttp(Reason.REQUEST_MALFORMED, { faults: malformed });

  const faults: Fault[] = [...(input.unreadable ?? [])];
  if (json !== undefined) putBody(route, message, json, faults);
  readQuery(route, message, input.parameters, faults);
  for (const it of bound.values) putPath(route, message, it, json, faults);
  putHeaders(route, message, headers, faults);
  if (route.publicUrl !== undefined) setFieldValue(message, route.publicUrl, publicUrl(exchange));
  if (faults.length > 0) throw refuseHttp(Reason.FIELD_UNREADABLE, { faults });

  const { expectedRevision } = route;
  if (expectedRevision !== undefined && fieldValue(message, expectedRevision) === 0n) {
    throw refuseHttp(Reason.PRECONDITION_REQUIRED);
  }
  return message;
}

const JSON_TYPE = "application/json";
/** The media types that a PATCH takes. Without a mask the second is read as the first: fields that are sent are set. */
export const PATCH_TYPES = ["application/merge-patch+json", JSON_TYPE];

/** Reads the body of a request, where its route takes one that is not a file. */
export async function bodyOf(
  exchange: Exchange,
  route: Route,
  limits: BodyLimits,
): Promise<Buffer | undefined> {
  const { request } = exchange;
  // A file is passed on as it comes.
  if (!hasBody(request) || route.upload) return undefined;
  const coding = codingOf(request);
  if (route.body === "none") return emptyBody(exchange, limits);
  checkMediaType(request, exchange.method === "PATCH" ? PATCH_TYPES : [JSON_TYPE]);
  const bodyMaxBytes = Math.min(route.bodyMaxBytes, limits.bodyMaxBytes);
  return decoded(await readBody(exchange, { ...limits, bodyMaxBytes }), coding, bodyMaxBytes);
}

/** A body that says nothing is at most this long. */
const EMPTY_MAX_BYTES = 64;

/** Lets a body in that says nothing, as some clients send one with every PUT and POST. */
async function emptyBody(exchange: Exchange, limits: BodyLimits): Promise<undefined> {
  const detail = "must be absent or an empty object: this method has no body here";
  const unknown = refuseHttp(Reason.FIELD_UNREADABLE, {
    faults: [{ in: "body", name: "", detail, rule: "body.unknown" }],
  });
  if (Number(exchange.request.headers["content-length"] ?? 0) > EMPTY_MAX_BYTES) throw unknown;
  const bytes = await readBody(exchange, { ...limits, bodyMaxBytes: EMPTY_MAX_BYTES });
  if (!/^\s*(?:\{\s*\})?\s*$/.test(bytes.toString("latin1"))) throw unknown;
}

interface RoleHeaders {
  key: string | undefined;
  revision: bigint | undefined;
  position: string | undefined;
}

function readHeaders({ request }: Exchange, route: Route): RoleHeaders {
  const { "if-match": ifMatch, "last-event-id": position } = request.headers;
  const key = request.headers["idempotency-key"];
  if (ifMatch !== undefined && route.expectedRevision === undefined && route.acknowledgement !== undefined) {
    const detail = "is not taken here: this command has no precondition of that kind";
    throw refuseHttp(Reason.REQUEST_MALFORMED, {
      faults: [{ in: "header", name: "If-Match", detail, rule: "header.unknown" }],
    });
  }
  return {
    key: route.requestId && key !== undefined ? idempotencyKey(String(key)) : undefined,
    revision: route.expectedRevision && ifMatch !== undefined ? revisionIn(ifMatch) : undefined,
    position: route.resumePosition && position !== undefined ? String(position) : undefined,
  };
}

interface PathValue {
  fields: readonly DescField[];
  value: unknown;
}

/** Reads the variables of the path. */
function bindPath(route: Route, segments: readonly string[]): { values: PathValue[]; faults: Fault[] } {
  const values: PathValue[] = [];
  const faults: Fault[] = [];
  for (const variable of route.variables) {
    const { fields } = variable;
    const field = fields.at(-1) as DescField;
    const text = textOf(variable, segments);
    // A message of its own takes the value: whether it is of its type is known before anything else is read.
    const own = create(field.parent);
    const wrong = text === undefined ? "must be percent-encoded UTF-8" : readText(own, field, text);
    if (wrong === undefined) values.push({ fields, value: fieldValue(own, field) });
    else faults.push({ in: "path", name: namesOf(fields), detail: wrong, rule: "path.type" });
  }
  return { values, faults };
}

function textOf({ variable }: BoundVariable, segments: readonly string[]): string | undefined {
  try {
    const segment = segments[variable.at] as string;
    return segment.includes("%") ? decodeURIComponent(segment) : segment;
  } catch {
    return undefined;
  }
}

function putBody(route: Route, message: Message, json: unknown, faults: Fault[]): void {
  const { rpc, body, mask } = route;
  if (typeof body !== "object") readMessage(rpc.input, message, json, "", faults);
  else if (json === null)
    faults.push({ in: "body", name: "", detail: "must not be null", rule: "field.type" });
  else readField(rpc.input, message, body, json, "", faults);
  if (mask !== undefined && typeof body === "object" && body.fieldKind === "message") {
    const bound = new Set(route.variables.map(({ fields }) => namesOf(fields.slice(1))));
    const paths = maskOf(body.message, json).filter((path) => !bound.has(path));
    setFieldValue(message, mask, create(FieldMaskSchema, { paths }));
  }
}

/** Puts a variable of the path where it belongs. A body that says the same may say so, one that says other may not. */
function putPath(
  route: Route,
  message: Message,
  { fields, value }: PathValue,
  json: unknown,
  faults: Fault[],
): void {
  const field = fields.at(-1) as DescField;
  const above = messageAbove(message, fields);
  const before = fieldValue(above, field);
  setFieldValue(above, field, value);
  const inBody = fields.slice(fields[0] === route.body ? 1 : 0);
  const pointer = route.body === "none" ? undefined : pointerIn(json, inBody);
  if (pointer !== undefined && before !== value) {
    faults.push({ in: "body", name: pointer, detail: "differs from the path", rule: "field.twice" });
  }
}

/** Where the body gives a field, if it does. */
function pointerIn(json: unknown, fields: readonly DescField[]): string | undefined {
  let pointer = "";
  let value = json;
  for (const field of fields) {
    if (typeof value !== "object" || value === null) return undefined;
    const name = [field.name, field.jsonName].find((it) => Object.hasOwn(value as object, it));
    if (name === undefined) return undefined;
    pointer += `/${escapePointer(name)}`;
    value = (value as Record<string, unknown>)[name];
  }
  return value === null ? undefined : pointer;
}

/** Puts what headers say into the fields of those roles. The key of a command without one is made here. */
function putHeaders(route: Route, message: Message, headers: RoleHeaders, faults: Fault[]): void {
  const { requestId, expectedRevision, resumePosition } = route;
  const put = (field: DescField, value: unknown, header: string) => {
    const present = fieldValue(message, field);
    if (present && present !== value) {
      const detail = `differs from the header ${header}`;
      faults.push({ in: "body", name: `/${field.name}`, detail, rule: "field.twice" });
    }
    setFieldValue(message, field, value);
  };
  if (requestId && headers.key !== undefined) put(requestId, headers.key, "Idempotency-Key");
  else if (requestId && !fieldValue(message, requestId)) setFieldValue(message, requestId, randomUUID());
  if (expectedRevision && headers.revision !== undefined) put(expectedRevision, headers.revision, "If-Match");
  // A browser that reconnects sends the URL that it began with, position and all: the header is later.
  if (resumePosition && headers.position !== undefined)
    setFieldValue(message, resumePosition, headers.position);
}

function namesOf(fields: readonly DescField[]): string {
  return fields.map((it) => it.name).join(".");
}

/** The request message of a route that takes nothing but its path. Refuses a path whose variables do not fit. */
export function messageForPath(route: Route, segments: readonly string[]): Message {
  const message = create(route.rpc.input);
  const { values, faults } = bindPath(route, segments);
  if (faults.length > 0) throw refuseHttp(Reason.REQUEST_MALFORMED, { faults });
  for (const it of values) putPath(route, message, it, undefined, faults);
  return message;
}
