import type { DescField, Message } from "@bufbuild/protobuf";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { documentReply } from "./answer.ts";
import { type Caller, callUnary, type TransportFor } from "./call.ts";
import { fieldsJson, revisionOf } from "./document.ts";
import { entityTag } from "./entity-tag.ts";
import type { Reply } from "./exchange.ts";
import { fieldValue } from "./field-value.ts";
import { preferredReturn, type Return } from "./prefer.ts";
import { isBug } from "./problem.ts";
import type { Route } from "./route.ts";
import { matchRoute, type RouteTable } from "./route-table.ts";
import { messageForPath } from "./transcode.ts";

/** What the answer to a command needs. */
export interface CommandDeps {
  table: RouteTable;
  transportFor: TransportFor;
  log: Log;
}

/**
 * Answers a command that took effect.
 *
 * By default the answer is the document of the resource that the acknowledgement names, as its own GET would show it to
 * the same caller. What else the command's response says (how many tasks there are, a token) is added to the document,
 * unless the document has a field of that name. `Prefer: return=minimal` asks for no body.
 *
 * Where there is no document to be had (the command took the resource away, or reading it failed: the command has taken
 * effect, so that is no error), or the resource is no longer at the revision that was acknowledged (a request that is
 * sent again late would be shown what others made of it: somebody else's lock), the answer is the minimal one, and its body is what the response says otherwise. A field
 * that is marked `debug_redact` exists nowhere else, so it is answered to `return=minimal` as well.
 */
export async function commandReply(
  deps: CommandDeps,
  route: Route,
  response: Message,
  caller: Caller,
  prefer: string | undefined,
): Promise<Reply> {
  const acknowledgement = fieldValue(response, route.acknowledgement as DescField) as Acknowledgement;
  const created =
    typeof route.created === "boolean" ? route.created : Boolean(fieldValue(response, route.created));
  const wanted = preferredReturn(prefer);
  const headers = {
    "Cache-Control": "no-store",
    Vary: "Prefer, Authorization",
    ...(created && { Location: pathOf(acknowledgement) }),
    ...(acknowledgement.replayed && { "Idempotent-Replayed": "true" }),
  };
  const gone = route.httpMethod === "DELETE";
  const document = wanted === "minimal" || gone ? undefined : await read(deps, acknowledgement, caller);
  if (document === undefined)
    return minimalReply(route, response, acknowledgement, { created, wanted, headers });
  const { ETag, "Content-Type": type } = document.reply.headers;
  const more = fieldsJson(
    route.rpc.output,
    response,
    extraFields(route).filter((it) => !document.names.has(it.name)),
  );
  return {
    status: created ? 201 : 200,
    headers: {
      ...headers,
      "Content-Type": type,
      ...(ETag !== undefined && { ETag }),
      ...(wanted === "representation" && { "Preference-Applied": "return=representation" }),
    },
    body: merged(document.reply.body as string, more),
  };
}

interface Outcome {
  created: boolean;
  wanted: Return | undefined;
  headers: Reply["headers"];
}

function minimalReply(
  route: Route,
  response: Message,
  { revision }: Acknowledgement,
  { created, wanted, headers }: Outcome,
): Reply {
  const extras = extraFields(route);
  const kept = wanted === "minimal" ? extras.filter((it) => it.proto.options?.debugRedact) : extras;
  const tagged = { ...headers, ETag: entityTag(revision, "json") };
  if (kept.length > 0) {
    const body = JSON.stringify(fieldsJson(route.rpc.output, response, kept));
    return { status: created ? 201 : 200, headers: { ...tagged, "Content-Type": "application/json" }, body };
  }
  const applied = wanted === "minimal" && { "Preference-Applied": "return=minimal" };
  return { status: created ? 201 : 204, headers: { ...tagged, ...applied } };
}

/** The fields of a command's response beyond what every command has. */
function extraFields({ rpc, acknowledgement, created }: Route): DescField[] {
  return rpc.output.fields.filter((it) => it !== acknowledgement && it !== created);
}

interface Document {
  reply: Reply;
  /** The names of its fields. */
  names: Set<string>;
}

/** Reads what an acknowledgement names, by the route of its GET. */
async function read(
  { table, transportFor, log }: CommandDeps,
  acknowledgement: Acknowledgement,
  caller: Caller,
): Promise<Document | undefined> {
  try {
    const { endpoint, segments } = matchRoute(table, "GET", pathOf(acknowledgement));
    const route = endpoint.unary;
    if (route === undefined || route.shown.list) return undefined;
    const response = await callUnary(transportFor, route, messageForPath(route, segments), caller);
    const reply = documentReply(route, "json", response, undefined);
    if (reply.body === "null" || movedOn(route, response, acknowledgement)) return undefined;
    return { reply, names: new Set(route.shown.desc.fields.map((it) => it.name)) };
  } catch (error) {
    if (isBug(error)) log.error({ err: error }, "bug");
    return undefined;
  }
}

function movedOn({ shown }: Route, response: Message, { revision }: Acknowledgement): boolean {
  const value = shown.field === undefined ? response : fieldValue(response, shown.field);
  const present = value && revisionOf(shown.desc, value as Message);
  return present !== undefined && present !== revision;
}

function merged(document: string, more: Record<string, unknown>): string {
  if (Object.keys(more).length === 0) return document;
  const members = JSON.stringify(more).slice(1, -1);
  return document === "{}" ? `{${members}}` : `${document.slice(0, -1)},${members}}`;
}

function pathOf({ name }: Acknowledgement): string {
  return `/v1/${encodeURI(name)}`;
}
