import type { IncomingMessage, ServerResponse } from "node:http";
import { BlockList } from "node:net";
import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import { Reason as GatewayReason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { pathOf } from "@tessera/rpc/codec.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { browserMethods, takesBrowser } from "./browsers/browser-adapter.ts";
import { browserRpc } from "./browsers/browser-rpc.ts";
import { type CorsOrigins, crossOrigin } from "./browsers/cross-origin.ts";
import { presentTicket, TICKET } from "./browsers/stream-ticket.ts";
import { type Caller, callUnary, passedOn, type TransportFor } from "./call.ts";
import { refuseUncoded } from "./compression/coding.ts";
import { documentReply } from "./documents/answer.ts";
import { bytesReply } from "./documents/bytes-reply.ts";
import { askForDocument, type CommandDeps, commandReply } from "./documents/command.ts";
import { linksReply } from "./documents/editor-links.ts";
import {
  beginInclusion,
  includable,
  type Resolvers,
  readInclude,
  resolversOf,
} from "./documents/included.ts";
import { keptAnswers } from "./documents/kept-answers.ts";
import { beginListing, type KeptLists, type Listing } from "./documents/listing.ts";
import { negotiate, type Offer } from "./documents/negotiate.ts";
import { Doorway, type DoorwayLimits, type Visit } from "./doorway.ts";
import { type Exchange, exchangeOf, type Reply, send } from "./exchange.ts";
import { rangedReply } from "./files/ranges.ts";
import { spooledFiles } from "./files/spooled-files.ts";
import type { FindCaller } from "./find-caller.ts";
import { type Fault, refuseHttp } from "./http-refusal.ts";
import { type OwnResource, ownReply } from "./own/own-resource.ts";
import { ownResources } from "./own/own-resources.ts";
import { isForReader, type Pages } from "./pages/pages.ts";
import { isBug, problemOf, problemReply } from "./problems/problem.ts";
import { asPage } from "./problems/problem-page.ts";
import { type BodyLimits, ClientGone } from "./requests/body.ts";
import { fieldValue } from "./requests/field-value.ts";
import { headerFault } from "./requests/header-fault.ts";
import { keyHeader } from "./requests/idempotency-key.ts";
import { acceptLanguages, withLanguages } from "./requests/languages.ts";
import { type Parameter, parseQuery } from "./requests/query.ts";
import { bodyOf, PATCH_TYPES, transcode } from "./requests/transcode.ts";
import { type Deprecations, deprecationsOf } from "./routes/deprecation.ts";
import { isAnsweredOnce, type Route } from "./routes/route.ts";
import { allowOf, endpointFor, matchRoute, type RouteTable, routeTable } from "./routes/route-table.ts";
import type { OauthEndpoints } from "./streams/oauth-endpoints.ts";
import type { StreamGroups } from "./streams/shared-stream.ts";
import { answerStream } from "./streams/stream.ts";
import { callUpload } from "./uploads/upload.ts";

/** What the gateway needs to answer requests. */
export interface GatewayDeps {
  services: readonly DescService[];
  transportFor: TransportFor;
  findCaller: FindCaller;
  log: Log;
  limits: BodyLimits & DoorwayLimits;
  /** Aborts when this process is to end. */
  draining: AbortSignal;
  heartbeatMs?: number;
  /** How large the lists that are kept may be together. */
  keptAnswersBytes?: number;
  /** How large the lists that are kept on disk may be together. */
  spooledBytes?: number;
  /** The origins whose pages may read answers; none unless given. */
  corsOrigins?: CorsOrigins;
  /** Where clients reach the gateway; each request says it unless given. */
  publicUrl?: string | undefined;
  /** The endpoints of OAuth; none unless given. */
  oauth?: OauthEndpoints;
  /** The pages for people; none unless given. */
  pages?: Pages;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Makes the listener that answers every HTTP request, one line of log each. */
export function gatewayListener(deps: GatewayDeps): Listener {
  const { services, transportFor, draining, limits, log } = deps;
  const table = routeTable(services);
  const resolvers = resolversOf(services);
  const deprecations = deprecationsOf(services);
  const own = ownResources(deps);
  const site = { publicUrl: deps.publicUrl, trustedProxies: limits.trustedProxies ?? new BlockList() };
  const doorway = new Doorway(limits);
  const lists = { answers: keptAnswers(deps.keptAnswersBytes), spools: spooledFiles(deps.spooledBytes) };
  draining.addEventListener("abort", () => lists.spools.stop());
  const groups: StreamGroups = new Map();
  const isPreflight = crossOrigin(deps.corsOrigins ?? []);
  const browser = browserRpc(services, { transportFor, limits, findCaller: deps.findCaller, draining });
  const rpcs = new Map(services.flatMap((it) => it.methods).map((rpc) => [pathOf(rpc), rpc] as const));
  return (request, response) => {
    const exchange = exchangeOf(request, response, site);
    const visit = doorway.visit(exchange);
    response.on("close", () => record(log, exchange));
    if (draining.aborted) response.shouldKeepAlive = false;
    if (isPreflight(exchange)) return;
    deps.pages?.vary(exchange);
    const rpc = rpcs.get(exchange.path);
    const fault = headerFault(request);
    if (rpc !== undefined && fault === undefined && takesBrowser(rpc, exchange.method)) {
      exchange.deprecation = deprecations.get(rpc)?.(exchange.path);
      return browser(rpc, exchange, visit);
    }
    const circumstances = { route: undefined as Route | undefined };
    const hasReader = deps.pages !== undefined && isForReader(exchange);
    const answered =
      fault === undefined
        ? respond(
            deps,
            { table, resolvers, deprecations, own, groups, rpc, lists },
            exchange,
            visit,
            circumstances,
          )
        : Promise.reject(refuseHttp(GatewayReason.REQUEST_MALFORMED, { faults: [fault] }));
    const refused = (error: unknown) => {
      if (error instanceof ClientGone || exchange.signal.aborted) return;
      if (isBug(error)) log.error(failing(exchange, error), "request failed with an internal error");
      const shown = problemOf(error, { ...exchange, ...circumstances });
      exchange.reason = shown.refusal?.reason.name ?? "";
      const reply = problemReply(shown, request.headers.authorization !== undefined);
      send(exchange, hasReader ? asPage(exchange, shown.problem, reply) : reply);
    };
    answered.catch(refused).catch((error) => {
      log.error(failing(exchange, error), "could not send the answer of a request");
      response.destroy();
    });
  };
}

/** What lies at a path. */
interface Place {
  table: RouteTable;
  /** What answers can include. */
  resolvers: Resolvers;
  /** What it says of RPCs that callers are to leave. */
  deprecations: Deprecations;
  own: readonly OwnResource[];
  /** Those who read the same streams. */
  groups: StreamGroups;
  /** The RPC of Connect whose path it is. */
  rpc: DescMethod | undefined;
  /** The lists that were sent last. */
  lists: KeptLists;
}

async function respond(
  deps: GatewayDeps,
  place: Place,
  exchange: Exchange,
  visit: Visit,
  circumstances: { route: Route | undefined },
): Promise<void> {
  const { table, own, rpc } = place;
  const { method, path } = exchange;
  if (rpc !== undefined) return send(exchange, rpcReply(rpc, method));
  const wanted = deps.pages?.wantedBy(exchange);
  if (wanted !== undefined && (await deps.pages?.answer(exchange, visit, wanted, deps))) return;
  const resource = own.find((it) => it.takes(path));
  if (!resource?.always) visit.refuseTooMany();
  if (resource !== undefined) return send(exchange, await ownReply(resource, exchange, visit));
  if (deps.oauth?.takes(path)) return deps.oauth.pass(exchange, deps.limits);
  if (method === "OPTIONS")
    return send(exchange, { status: 204, headers: optionsHeaders(allowOf(table, path)) });
  return call(deps, place, exchange, visit, circumstances);
}

/** Calls the RPC whose route a request takes, and sends what it answers. */
async function call(
  deps: GatewayDeps,
  { table, resolvers, deprecations, groups, lists }: Place,
  exchange: Exchange,
  visit: Visit,
  circumstances: { route: Route | undefined },
): Promise<void> {
  const { request, method, path } = exchange;
  const match = matchRoute(table, method, path);
  const { segments } = match;
  const malformed: Fault[] = [];
  const parameters = parseQuery(exchange.query, malformed);
  const endpoint = endpointFor(match.endpoint, parameters);
  exchange.template = (endpoint.unary ?? endpoint.stream)?.template.text ?? "";
  const f = parameters.find((it) => it.name === "f")?.value;
  const offer = negotiate(endpoint, request.headers.accept, f);
  refuseUncoded(request);
  const { route } = offer;
  circumstances.route = route;
  exchange.deprecation = deprecations.get(route.rpc)?.(path);
  const hasTicket = presentTicket(exchange, route, parameters);
  // Before the body is read: what somebody sends who may not call is not worked on.
  await visit.identify(route.rpc, () => deps.findCaller(route.rpc, request.headers.authorization));
  if (!route.upload) visit.holdBody(request, Math.min(route.bodyMaxBytes, deps.limits.bodyMaxBytes));
  const body = await bodyOf(exchange, route, deps.limits);
  await visit.enter(route.rpc);
  const unreadable: Fault[] = [];
  const { wanted, others } = readInclude(
    parameters,
    () => includable(resolvers, route, offer.form),
    unreadable,
  );
  const ofRpc = f === undefined && !hasTicket ? others : others.filter(isOfRpc(hasTicket));
  const input = { segments, parameters: withLanguages(route, ofRpc), malformed, unreadable };
  const message = transcode(exchange, route, input, body);
  acceptLanguages(route, message, request.headers["accept-language"]);
  visit.releaseBody();
  if (route.requestId) exchange.key = keyHeader(fieldValue(message, route.requestId) as string);

  const caller: Caller = { headers: passedOn(request.headers, visit), signal: exchange.signal };
  const isRead = method === "GET" || method === "HEAD";
  const inclusion = beginInclusion({ ...deps, resolvers }, wanted, caller);
  const listing = isRead ? beginListing(lists, exchange, offer, message, inclusion !== undefined) : undefined;
  if (!isAnsweredOnce(route.rpc)) {
    const problem = (error: unknown) => problemOf(error, { ...exchange, route });
    const asked = { message, listing, inclusion };
    return answerStream({ ...deps, groups }, exchange, offer, asked, caller, problem);
  }
  askForDocument(route, message, request.headers.prefer?.toString());
  const response = route.upload
    ? await callUpload(deps, exchange, route, message, caller)
    : await callUnary(deps.transportFor, route, message, caller);
  const replyDeps = { ...deps, table, visit, exchange, inclusion };
  const reply = await replyOf(replyDeps, offer, response, { caller, listing });
  visit.leave(true);
  send(exchange, route.secret ? { ...reply, secret: true } : reply);
}

/** The answer to a call: what a command did, bytes as they stand, links for editors, or a document. */
async function replyOf(
  deps: CommandDeps & { exchange: Exchange },
  offer: Offer,
  response: Message,
  { caller, listing }: { caller: Caller; listing: Listing | undefined },
): Promise<Reply> {
  const { route, form } = offer;
  const { exchange, inclusion } = deps;
  const { request } = exchange;
  if (route.acknowledgement !== undefined)
    return commandReply(deps, route, response, caller, request.headers.prefer?.toString());
  if (route.answer !== undefined) return bytesReply(exchange, offer, route.answer, response, listing);
  if (form === "links") return linksReply(deps, exchange, route, response, caller);
  const members = await inclusion?.of(route, response);
  return rangedReply(request, documentReply(exchange, route, form, response, listing, members));
}

/** Whether a parameter is the RPC's, and not one of the gateway's own. */
function isOfRpc(hasTicket: boolean) {
  return ({ name }: Parameter): boolean => name !== "f" && !(hasTicket && name === TICKET);
}

function optionsHeaders(allow: string) {
  return { Allow: allow, ...(allow.includes("PATCH") && { "Accept-Patch": PATCH_TYPES.join(", ") }) };
}

/** Answers requests on the path of an RPC that are no call of it. */
function rpcReply(rpc: DescMethod, method: string): Reply {
  const allow = browserMethods(rpc).join(", ");
  if (method === "OPTIONS") return { status: 204, headers: { Allow: allow } };
  const detail = `The path of an RPC supports ${allow}, not ${method}`;
  throw refuseHttp(GatewayReason.METHOD_NOT_ALLOWED, { metadata: { allow }, detail });
}

/** What joins the line of an internal error with that of the request. */
function failing({ method, template, id }: Exchange, error: unknown) {
  return { err: error, method, route: template, request_id: id };
}

function record(log: Log, exchange: Exchange): void {
  const { response, method, template, reason, id, startedMs } = exchange;
  const status = response.writableFinished ? response.statusCode : 499;
  const duration_ms = Math.round((performance.now() - startedMs) * 100) / 100;
  log.info(
    { method, route: template, status, ...(reason && { reason }), duration_ms, request_id: id },
    "request",
  );
}
