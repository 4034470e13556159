import type { IncomingMessage, ServerResponse } from "node:http";
import type { DescService } from "@bufbuild/protobuf";
import { Reason as GatewayReason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { pathOf } from "@tessera/rpc/codec.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { documentReply } from "./answer.ts";
import { type BodyLimits, ClientGone } from "./body.ts";
import { refuseBrowser } from "./browser-refusal.ts";
import { browserRpc } from "./browser-rpc.ts";
import { type Caller, callUnary, passedOn, type TransportFor } from "./call.ts";
import { commandReply } from "./command.ts";
import { type Exchange, exchangeOf, lingerAfter, type Reply, send } from "./exchange.ts";
import { fieldValue } from "./field-value.ts";
import { type Fault, refuseHttp } from "./http-refusal.ts";
import { keyHeader } from "./idempotency-key.ts";
import { negotiate } from "./negotiate.ts";
import type { PassThrough } from "./pass-through.ts";
import { isBug, problemOf, problemReply } from "./problem.ts";
import { problemPages } from "./problem-page.ts";
import { parseQuery } from "./query.ts";
import { isAnsweredOnce, type Route } from "./route.ts";
import { allowOf, matchRoute, type RouteTable, routeTable } from "./route-table.ts";
import { answerStream } from "./stream.ts";
import { PATCH_TYPES, transcode } from "./transcode.ts";
import { callUpload } from "./upload.ts";
import type { WhoCalls } from "./who-calls.ts";

/** What the gateway needs to answer requests. */
export interface GatewayDeps {
  services: readonly DescService[];
  transportFor: TransportFor;
  whoCalls: WhoCalls;
  log: Log;
  limits: BodyLimits & {
    /** So many requests may be under way; one more is refused at once. */
    requestsMax: number;
  };
  /** Aborts when this process is to end. */
  draining: AbortSignal;
  heartbeatMs?: number;
  /** What is passed on as it stands; nothing unless given. */
  passThrough?: PassThrough;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const refuseRpc = refusals(RpcReasonSchema);
/** When a client that was refused for overload should come again, in milliseconds. */
const OVERLOAD_RETRY_MS = 1_000;

/** Makes the listener that answers every HTTP request, one line of log each. */
export function gatewayListener(deps: GatewayDeps): Listener {
  const { services, transportFor, draining, limits, log } = deps;
  const table = routeTable(services);
  const pages = problemPages(services);
  const browser = browserRpc(services, { transportFor, readMaxBytes: limits.bodyMaxBytes, draining });
  const rpcs = new Map(services.flatMap((it) => it.methods).map((rpc) => [pathOf(rpc), rpc] as const));
  let underWay = 0;
  return (request, response) => {
    const exchange = exchangeOf(request, response);
    underWay += 1;
    response.once("close", () => {
      underWay -= 1;
      record(log, exchange);
    });
    if (draining.aborted) response.shouldKeepAlive = false;
    // A gateway that is busy is not ill: whoever asks about its health is answered.
    const tooMany = underWay > limits.requestsMax && !exchange.path.startsWith("/health/");
    const rpc = rpcs.get(exchange.path);
    if (!tooMany && rpc !== undefined) {
      exchange.template = exchange.path;
      response.setHeader("Request-Id", exchange.id);
      // Before the body is read: what somebody sends who may not call is not worked on.
      deps
        .whoCalls(rpc, request.headers.authorization)
        .then(() => browser(request, response))
        .catch((error) => {
          refuseBrowser(request, response, error);
          lingerAfter(request);
        });
      return;
    }
    const circumstances = { route: undefined as Route | undefined };
    const answered = tooMany
      ? Promise.reject(refuseRpc(RpcReason.OVERLOADED, { retryAfterMs: OVERLOAD_RETRY_MS }))
      : respond(deps, table, pages, exchange, circumstances);
    const refused = (error: unknown) => {
      if (error instanceof ClientGone || exchange.signal.aborted) return;
      if (isBug(error)) log.error({ err: error, request_id: exchange.id }, "bug");
      const shown = problemOf(error, { ...exchange, ...circumstances });
      exchange.reason = shown.refusal?.reason.name ?? "";
      send(exchange, problemReply(shown, request.headers.authorization !== undefined));
    };
    answered.catch(refused).catch((error) => {
      log.error({ err: error, request_id: exchange.id }, "bug");
      response.destroy();
    });
  };
}

async function respond(
  deps: GatewayDeps,
  table: RouteTable,
  pages: ReturnType<typeof problemPages>,
  exchange: Exchange,
  circumstances: { route: Route | undefined },
): Promise<void> {
  const { request, method, path } = exchange;
  if (request.headers.host === undefined && request.httpVersion !== "1.0") throw hostMissing();
  const own = ownReply(deps, pages, exchange);
  if (own !== undefined) return send(exchange, own);
  if (deps.passThrough?.takes(path)) return deps.passThrough.pass(exchange, deps.limits);
  if (method === "OPTIONS")
    return send(exchange, { status: 204, headers: optionsHeaders(allowOf(table, path)) });

  const { endpoint, segments } = matchRoute(table, method, path);
  exchange.template = (endpoint.unary ?? endpoint.stream)?.template.text ?? "";
  const malformed: Fault[] = [];
  const parameters = parseQuery(exchange.query, malformed);
  const f = parameters.find((it) => it.name === "f")?.value;
  const offer = negotiate(endpoint, request.headers.accept, f);
  const { route } = offer;
  circumstances.route = route;
  // Before the body is read: what somebody sends who may not call is not worked on.
  await deps.whoCalls(route.rpc, request.headers.authorization);
  const input = { segments, parameters: parameters.filter((it) => it.name !== "f"), malformed };
  const message = await transcode(exchange, route, input, deps.limits);
  if (route.requestId) exchange.key = keyHeader(fieldValue(message, route.requestId) as string);

  const caller: Caller = { headers: passedOn(request.headers), signal: exchange.signal };
  if (!isAnsweredOnce(route.rpc)) {
    const problem = (error: unknown) => problemOf(error, { ...exchange, route });
    return answerStream(deps, exchange, offer, message, caller, problem);
  }
  const response = route.upload
    ? await callUpload(deps, exchange, route, message, caller)
    : await callUnary(deps.transportFor, route, message, caller);
  const { prefer, "if-none-match": ifNoneMatch } = request.headers;
  const reply =
    route.acknowledgement === undefined
      ? documentReply(exchange, route, offer.form, response, ifNoneMatch)
      : await commandReply({ ...deps, table }, route, response, caller, prefer?.toString());
  send(exchange, reply);
}

/** The gateway's own resources: whether it lives, whether it takes requests, and what its problems mean. */
function ownReply(
  { draining }: GatewayDeps,
  pages: ReturnType<typeof problemPages>,
  exchange: Exchange,
): Reply | undefined {
  const { path, method, request } = exchange;
  const health = path === "/health/live" || path === "/health/ready";
  if (!health && path !== "/problems" && !path.startsWith("/problems/")) return undefined;
  const allow = "GET, HEAD, OPTIONS";
  if (method === "OPTIONS") return { status: 204, headers: { Allow: allow } };
  if (method !== "GET" && method !== "HEAD") {
    throw refuseHttp(GatewayReason.METHOD_NOT_ALLOWED, { metadata: { allow } });
  }
  exchange.template = path;
  if (!health) return pages(path, request.headers.accept);
  const ready = path === "/health/live" || !draining.aborted;
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  return { status: ready ? 200 : 503, headers, body: JSON.stringify({ status: ready ? "ok" : "draining" }) };
}

function optionsHeaders(allow: string) {
  return { Allow: allow, ...(allow.includes("PATCH") && { "Accept-Patch": PATCH_TYPES.join(", ") }) };
}

function hostMissing() {
  return refuseHttp(GatewayReason.REQUEST_MALFORMED, {
    faults: [{ in: "header", name: "Host", detail: "must be given", rule: "header.host" }],
  });
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
