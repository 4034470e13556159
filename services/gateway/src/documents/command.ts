import { create, type DescField, type Message } from "@bufbuild/protobuf";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { type Operation, OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { Admission } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { type Caller, callUnary, type TransportFor } from "../call.ts";
import type { Visit } from "../doorway.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { operationProblem } from "../problems/problem.ts";
import { entityTag } from "../requests/entity-tag.ts";
import { fieldValue, setFieldValue } from "../requests/field-value.ts";
import { preferredReturn, preferredWait, type Return } from "../requests/prefer.ts";
import { messageForPath } from "../requests/transcode.ts";
import { messageOf } from "../routes/geometry-field.ts";
import type { Route } from "../routes/route.ts";
import { matchRoute, type RouteTable } from "../routes/route-table.ts";
import { documentReply } from "./answer.ts";
import { logFailure, withInclusion } from "./command-inclusion.ts";
import { revisionOf } from "./document.ts";
import type { Inclusion } from "./included.ts";
import { LOOK_AGAIN, operationIn } from "./operation.ts";
import { readUntilDone, WAIT_MAX_SECONDS } from "./operation-wait.ts";
import { compileWriter, readerOf, type WriteMessage } from "./wire-json.ts";

type Circumstances = Pick<Exchange, "id" | "path" | "reason">;

/** What the answer to a command needs. */
export interface CommandDeps {
  table: RouteTable;
  transportFor: TransportFor;
  log: Log;
  /** Where the work ends and the wait for an operation begins: those that wait are counted apart. */
  visit: Pick<Visit, "enter" | "leave">;
  /** The request, of which the problem of an operation speaks. */
  exchange: Circumstances;
  /** Aborts when this process is to end: nobody waits for an operation then. */
  draining: AbortSignal;
  /** What else the answer includes, if anything. */
  inclusion?: Inclusion | undefined;
}

/**
 * Answers a command that took effect. What is answered is what the command did.
 *
 * By default the answer is the document of the resource that the acknowledgement names, as its own GET would show it to
 * the same caller, with what the command's response says (a lock's token, a count) written over it: where both have a
 * field of one name, the response's value stands. An RPC that returns the document on request is asked for it; else it is
 * read by its GET.
 *
 * There is no such document where the command took the resource away, where reading it failed (the command has taken
 * effect, so that is no error), where the resource is no longer at the revision that was acknowledged (a request that is
 * sent again late would be shown what others made of it: somebody else's lock), and where the acknowledgement names a
 * collection, a page of which shows what others did. The answer is then what the response says, and no body if it says
 * nothing. That is also the answer to `Prefer: return=minimal`: what a response says, its caller cannot know otherwise.
 *
 * A command that starts an operation is answered 202, with the operation as it stands by then. `Prefer: wait=N` puts the
 * answer off until the operation is done, which is 200 and the document. Of one that failed it is a problem with the status of
 * its reason and the operation in it; its own GET is 200 all the same.
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
  const look = () => read(deps, { route, response, acknowledgement }, caller);
  const document = await documentOf(deps, route, look, caller, { wanted, waitSeconds });
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
  if (done && document?.operation?.state === OperationState.FAILED)
    return failedReply(deps.exchange, document.operation, document, outcome);
  const minimal = document === undefined || (wanted === "minimal" && !done);
  const reply = minimal
    ? minimalReply(route, response, acknowledgement, outcome)
    : representation(route, response, document, outcome);
  const mentioning = [{ route, response }, ...(minimal ? [] : [document])];
  // Tokens are in answers of commands alone.
  return { ...(await withInclusion(deps, reply, mentioning, caller)), secret: true };
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
  return {
    status,
    headers: {
      ...headers,
      "Content-Type": type,
      ...(ETag !== undefined && { ETag }),
      ...preferenceApplied(wanted === "representation" ? ["return=representation", ...applied] : applied),
    },
    body: merged(document.reply.body as string, saidText(route, response)),
  };
}

/** Answers with the problem for which an operation failed. */
function failedReply(
  exchange: Circumstances,
  operation: Operation,
  { reply }: Document,
  { applied, headers }: Outcome,
): Reply {
  const problem = operationProblem(operation, JSON.parse(reply.body as string), exchange);
  exchange.reason = problem.reason ?? "";
  return {
    status: problem.status,
    headers: {
      ...headers,
      "Content-Type": "application/problem+json",
      ...preferenceApplied(applied),
    },
    body: JSON.stringify(problem),
  };
}

function minimalReply(
  route: Route,
  response: Message,
  { revision }: Acknowledgement,
  { status, wanted, applied, headers }: Outcome,
): Reply {
  const followed = wanted === "minimal" ? ["return=minimal", ...applied] : applied;
  const headersSent = {
    ...headers,
    // A collection has no revision.
    ...(revision > 0n && { ETag: entityTag(revision, "json") }),
    ...preferenceApplied(followed),
  };
  const said = saidText(route, response);
  if (said === NOTHING) return { status: status ?? 204, headers: headersSent };
  const type = { "Content-Type": "application/json" };
  return { status: status ?? 200, headers: { ...headersSent, ...type }, body: said };
}

function preferenceApplied(applied: readonly string[]): Reply["headers"] {
  return applied.length === 0 ? {} : { "Preference-Applied": applied.join(", ") };
}

const NOTHING = "{}";
const writers = new WeakMap<Route, WriteMessage>();

/** What a command's response says beyond what every response says, as JSON. */
function saidText(route: Route, response: Message): string {
  const { output } = route.rpc;
  if (route.said.length === 0) return NOTHING;
  let write = writers.get(route);
  if (write === undefined) {
    const others = output.fields.filter((it) => !route.said.includes(it));
    write = compileWriter(output, { without: others.map(({ name }) => name) });
    writers.set(route, write);
  }
  const reader = readerOf(output, response);
  return write(reader, reader.bytes.length);
}

interface Document {
  reply: Reply;
  /** By which route it was read, and how that answered. */
  route: Route;
  response: Message;
  /** What it shows, where that is an operation. */
  operation: Operation | undefined;
}

interface Preferences {
  wanted: Return | undefined;
  waitSeconds: number | undefined;
}

/** Asks a command for the document of what it will acknowledge, where its RPC returns one and the answer shows it. */
export function askForDocument({ wantsDocument }: Route, message: Message, prefer: string | undefined): void {
  if (wantsDocument === undefined || preferredReturn(prefer) === "minimal") return;
  setFieldValue(message, wantsDocument, true);
}

/** The document that a command is answered with, or by which it is seen whether the operation is done. */
async function documentOf(
  deps: CommandDeps,
  route: Route,
  look: () => Promise<Document | undefined>,
  caller: Caller,
  { wanted, waitSeconds }: Preferences,
): Promise<Document | undefined> {
  if (route.httpMethod === "DELETE" && !route.startsOperation) return undefined;
  if (waitSeconds === undefined) return wanted === "minimal" ? undefined : look();
  deps.visit.leave(true);
  const seconds = await deps.visit.enter(route.rpc, "waits").then(
    () => waitSeconds,
    // The command has taken effect: a caller that may not wait gets the operation in its present state.
    () => 0,
  );
  return readUntilDone(look, seconds, { caller: caller.signal, draining: deps.draining });
}

/** A command that took effect. */
interface Done {
  route: Route;
  response: Message;
  acknowledgement: Acknowledgement;
}

/** Reads what an acknowledgement names, by the route of its GET, unless the command's response carries it. */
async function read(
  { table, transportFor, log }: CommandDeps,
  command: Done,
  caller: Caller,
): Promise<Document | undefined> {
  const { acknowledgement } = command;
  try {
    const path = pathOf(acknowledgement);
    const { endpoint, segments } = matchRoute(table, "GET", path);
    const route = endpoint.unary;
    if (route === undefined || isCollection(route) || !mayRead(command.route, route, caller))
      return undefined;
    const response =
      carried(command, route) ??
      (await callUnary(transportFor, route, messageForPath(route, segments), caller));
    const reply = documentReply({ path, query: "" }, route, "json", response, undefined);
    const operation = operationIn(route, response);
    const movedOn = operation === undefined && isBehind(route, response, acknowledgement);
    if (reply.body === "null" || movedOn) return undefined;
    return { reply, route, response, operation };
  } catch (error) {
    logFailure(log, error, caller, "could not read what a command changed");
    return undefined;
  }
}

/** What the GET of a document would answer, made of the document in a command's response; undefined without one. */
function carried({ route: { document }, response }: Done, { rpc, shown }: Route): Message | undefined {
  if (document === undefined || messageOf(document) !== shown.desc) return undefined;
  const value = fieldValue(response, document);
  if (value === undefined) return undefined;
  const read = create(rpc.output);
  setFieldValue(read, shown.field as DescField, value);
  return read;
}

/** Whether what a command made can be read by the same caller: a person who signs in brings no token yet. */
function mayRead(command: Route, { rpc }: Route, { headers }: Caller): boolean {
  const isPublic = (of: Route["rpc"]) => rulesOf(of).admission === Admission.PUBLIC;
  return headers.authorization !== undefined || !isPublic(command.rpc) || isPublic(rpc);
}

/** Whether a route shows many resources: a list, or a response with lists in it, and not one document of it. */
function isCollection({ shown, rows }: Route): boolean {
  return shown.list || rows !== undefined || shown.field === undefined;
}

/** Whether an acknowledgement is not of the present revision. */
function isBehind({ shown }: Route, response: Message, { revision }: Acknowledgement): boolean {
  const value = shown.field === undefined ? response : fieldValue(response, shown.field);
  const present = value && revisionOf(shown.desc, value as Message);
  return present !== undefined && present !== revision;
}

/** A document with other members in it; where it has one of the same name, that one gives way. */
function merged(document: string, said: string): string {
  if (said === NOTHING) return document;
  return JSON.stringify({ ...(JSON.parse(document) as object), ...(JSON.parse(said) as object) });
}

function pathOf({ name }: Acknowledgement): string {
  return `/v1/${encodeURI(name)}`;
}
