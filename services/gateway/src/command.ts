import type { DescField, Message } from "@bufbuild/protobuf";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import type { Operation } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { documentReply } from "./answer.ts";
import { type Caller, callUnary, type TransportFor } from "./call.ts";
import { fieldsJson, revisionOf } from "./document.ts";
import { entityTag } from "./entity-tag.ts";
import type { Reply } from "./exchange.ts";
import { fieldValue } from "./field-value.ts";
import { LOOK_AGAIN, operationIn } from "./operation.ts";
import { readUntilDone, WAIT_MAX_SECONDS } from "./operation-wait.ts";
import { preferredReturn, preferredWait, type Return } from "./prefer.ts";
import { isBug } from "./problem.ts";
import type { Route } from "./route.ts";
import { matchRoute, type RouteTable } from "./route-table.ts";
import { messageForPath } from "./transcode.ts";

/** What the answer to a command needs. */
export interface CommandDeps {
  table: RouteTable;
  transportFor: TransportFor;
  log: Log;
  /** Aborts when this process is to end: nobody waits for an operation then. */
  draining: AbortSignal;
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
 * sent again late would be shown what others made of it: somebody else's lock), the answer is the minimal one, and its
 * body is what the response says otherwise. A field that is marked `debug_redact` exists nowhere else, so it is answered
 * to `return=minimal` as well.
 *
 * A command that starts an operation is answered 202, with the operation as it stands by then. `Prefer: wait=N` puts the
 * answer off until the operation is done, which is 200 and the document in any case: no status says how it ended.
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
  const waitSeconds = route.startsOperation ? preferredWait(prefer, WAIT_MAX_SECONDS) : undefined;
  const document = await documentOf(deps, route, acknowledgement, caller, { wanted, waitSeconds });
  const done = waitSeconds !== undefined && document?.operation?.done === true;
  const accepted = route.startsOperation && !done;
  const waited = waitSeconds !== undefined && document?.operation !== undefined;
  const outcome: Outcome = {
    status: accepted ? 202 : created ? 201 : undefined,
    wanted,
    applied: waited ? [`wait=${waitSeconds}`] : [],
    headers: {
      "Cache-Control": "no-store",
      Vary: "Prefer, Authorization",
      ...((created || route.startsOperation) && { Location: pathOf(acknowledgement) }),
      ...(accepted && LOOK_AGAIN),
      ...(acknowledgement.replayed && { "Idempotent-Replayed": "true" }),
    },
  };
  const minimal = document === undefined || (wanted === "minimal" && !done);
  return minimal
    ? minimalReply(route, response, acknowledgement, outcome)
    : representation(route, response, document, outcome);
}

interface Outcome {
  /** The status, unless it depends on whether there is a body. */
  status: number | undefined;
  wanted: Return | undefined;
  /** The preferences that were followed already. */
  applied: readonly string[];
  headers: Reply["headers"];
}

function representation(route: Route, response: Message, document: Document, outcome: Outcome): Reply {
  const { status = 200, wanted, applied, headers } = outcome;
  const { ETag, "Content-Type": type } = document.reply.headers;
  const more = fieldsJson(
    route.rpc.output,
    response,
    extraFields(route).filter((it) => !document.names.has(it.name)),
  );
  return {
    status,
    headers: {
      ...headers,
      "Content-Type": type,
      ...(ETag !== undefined && { ETag }),
      ...preferenceApplied(wanted === "representation" ? ["return=representation", ...applied] : applied),
    },
    body: merged(document.reply.body as string, more),
  };
}

function minimalReply(
  route: Route,
  response: Message,
  { revision }: Acknowledgement,
  { status, wanted, applied, headers }: Outcome,
): Reply {
  const extras = extraFields(route);
  const kept = wanted === "minimal" ? extras.filter((it) => it.proto.options?.debugRedact) : extras;
  const tagged = { ...headers, ETag: entityTag(revision, "json") };
  if (kept.length > 0) {
    const body = JSON.stringify(fieldsJson(route.rpc.output, response, kept));
    const more = { "Content-Type": "application/json", ...preferenceApplied(applied) };
    return { status: status ?? 200, headers: { ...tagged, ...more }, body };
  }
  const followed = wanted === "minimal" ? ["return=minimal", ...applied] : applied;
  return { status: status ?? 204, headers: { ...tagged, ...preferenceApplied(followed) } };
}

function preferenceApplied(applied: readonly string[]): Reply["headers"] {
  return applied.length === 0 ? {} : { "Preference-Applied": applied.join(", ") };
}

/** The fields of a command's response beyond what every command has. */
function extraFields({ rpc, acknowledgement, created }: Route): DescField[] {
  return rpc.output.fields.filter((it) => it !== acknowledgement && it !== created);
}

interface Document {
  reply: Reply;
  /** The names of its fields. */
  names: Set<string>;
  /** What it shows, where that is an operation. */
  operation: Operation | undefined;
}

interface Preferences {
  wanted: Return | undefined;
  waitSeconds: number | undefined;
}

/** The document that a command is answered with, or by which it is seen whether the operation is done. */
async function documentOf(
  deps: CommandDeps,
  route: Route,
  acknowledgement: Acknowledgement,
  caller: Caller,
  { wanted, waitSeconds }: Preferences,
): Promise<Document | undefined> {
  if (route.httpMethod === "DELETE" && !route.startsOperation) return undefined;
  const look = () => read(deps, acknowledgement, caller);
  if (waitSeconds === undefined) return wanted === "minimal" ? undefined : look();
  return readUntilDone(look, waitSeconds, { caller: caller.signal, draining: deps.draining });
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
    const target = { path: pathOf(acknowledgement), query: "" };
    const reply = documentReply(target, route, "json", response, undefined);
    const operation = operationIn(route, response);
    const movedOn = operation === undefined && isBehind(route, response, acknowledgement);
    if (reply.body === "null" || movedOn) return undefined;
    return { reply, names: new Set(route.shown.desc.fields.map((it) => it.name)), operation };
  } catch (error) {
    if (isBug(error)) log.error({ err: error }, "bug");
    return undefined;
  }
}

/** Whether an acknowledgement is not of the present revision. */
function isBehind({ shown }: Route, response: Message, { revision }: Acknowledgement): boolean {
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
