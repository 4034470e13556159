import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import {
  ConnectError,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type MethodImpl,
} from "@connectrpc/connect";
import { kindOf } from "@tessera/rpc/admission/admission.ts";
import { defaultMs, LONGEST_MS, longestMs } from "@tessera/rpc/deadline.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { refusalIn, refusalToError } from "@tessera/rpc/refusal-wire.ts";
import { callClientStream, callStream, callUnary, passedOn, type TransportFor } from "../call.ts";
import type { Visit } from "../doorway.ts";
import { type Exchange, everyHeader, hasBody, lingerAfter } from "../exchange.ts";
import type { FindCaller } from "../find-caller.ts";
import { challengeOf } from "../problems/challenge.ts";
import type { BodyLimits } from "../requests/body.ts";
import { bodyMaxBytesOf } from "../routes/route.ts";
import { browserAdapter } from "./browser-adapter.ts";
import { refuseBrowser } from "./browser-refusal.ts";

/** The bounds of Connect and gRPC-Web. */
export interface BrowserRpcOptions {
  transportFor: TransportFor;
  limits: BodyLimits;
  findCaller: FindCaller;
  /** Aborts when this process is to end. */
  draining: AbortSignal;
}

/** A reply may be larger than a request: a page of a list, with areas. */
const WRITE_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Serves every RPC to browsers as Connect and gRPC-Web, by handing each message on to its service.
 *
 * gRPC itself is not among them: it needs HTTP/2, and services speak it themselves.
 */
export function browserRpc(
  services: readonly DescService[],
  { transportFor, limits, findCaller, draining }: BrowserRpcOptions,
): (rpc: DescMethod, exchange: Exchange, visit: Visit) => void {
  const options = {
    grpc: false,
    readMaxBytes: limits.bodyMaxBytes,
    writeMaxBytes: WRITE_MAX_BYTES,
    maxTimeoutMs: LONGEST_MS,
    acceptCompression: [],
    jsonOptions: { ignoreUnknownFields: false },
    shutdownSignal: draining,
  };
  const maxBytesOf = (rpc: DescMethod) => Math.min(limits.bodyMaxBytes, bodyMaxBytesOf(rpc));
  const adapter = browserAdapter(options, (router) => {
    for (const rpc of services.flatMap((it) => it.methods)) {
      const implementation = handlerOf(rpc, transportFor) as MethodImpl<typeof rpc>;
      router.rpc(rpc, implementation, { readMaxBytes: maxBytesOf(rpc) });
    }
  });
  return (rpc, exchange, visit) => {
    const { request, response, path } = exchange;
    exchange.template = path;
    const say = (headers: OutgoingHttpHeaders) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string);
    };
    say({ ...everyHeader(exchange), "Cache-Control": "no-store" });
    const refused = (error: unknown) => {
      refuseBrowser(request, response, error);
      lingerAfter(request);
    };
    const enter = async () => {
      visit.refuseTooMany();
      // Before the body is read: what somebody sends who may not call is not worked on.
      await visit
        .identify(rpc, () => findCaller(rpc, request.headers.authorization))
        .finally(() => say(exchange.limits ?? {}));
      if (rpc.methodKind !== "client_streaming") hold(request, rpc, visit, limits);
      await adapter(rpc, exchange, maxBytesOf(rpc), createContextValues().set(visitKey, visit));
    };
    enter().catch(refused);
  };
}

const visitKey = createContextKey<Visit | undefined>(undefined, { description: "visit" });

/** Keeps room for a body, and cuts off a client whose body does not come. */
function hold(request: IncomingMessage, rpc: DescMethod, visit: Visit, limits: BodyLimits): void {
  visit.holdBody(request, Math.min(limits.bodyMaxBytes, bodyMaxBytesOf(rpc)));
  if (!hasBody(request)) return;
  const timer = setTimeout(() => request.destroy(), limits.bodyTimeoutMs);
  request.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
}

/** Calls when the body has arrived and the call is admitted. */
async function whenAdmitted<T>(rpc: DescMethod, context: HandlerContext, act: () => Promise<T>): Promise<T> {
  const visit = context.values.get(visitKey) as Visit;
  try {
    await visit.enter(rpc);
    visit.releaseBody();
    const result = await act();
    if (kindOf(rpc) !== "streams") visit.leave(true);
    return result;
  } catch (error) {
    visit.leave(false);
    throw error instanceof Refusal ? refusalToError(error) : error;
  }
}

function handlerOf(rpc: DescMethod, transportFor: TransportFor) {
  if (rpc.methodKind === "unary") {
    return (message: Message, context: HandlerContext) => {
      const deadlineMs = Math.min(context.timeoutMs() ?? defaultMs(rpc), LONGEST_MS);
      const call = () => callUnary(transportFor, { rpc, deadlineMs }, message, callerOf(context));
      return whenAdmitted(rpc, context, call).catch((error) => refuse(error, context));
    };
  }
  if (rpc.methodKind === "client_streaming") {
    return (messages: AsyncIterable<Message>, context: HandlerContext) => {
      const deadlineMs = Math.min(context.timeoutMs() ?? defaultMs(rpc), longestMs(rpc));
      const call = () => callClientStream(transportFor, { rpc, deadlineMs }, messages, callerOf(context));
      return whenAdmitted(rpc, context, call).catch((error) => refuse(error, context));
    };
  }
  return async function* (message: Message, context: HandlerContext) {
    try {
      const call = () => callStream(transportFor, { rpc }, message, callerOf(context));
      yield* await whenAdmitted(rpc, context, call);
    } catch (error) {
      refuse(error, context);
    }
  };
}

function callerOf({ requestHeader, signal, values }: HandlerContext) {
  return { headers: passedOn(Object.fromEntries(requestHeader), values.get(visitKey) as Visit), signal };
}

/** Hands a refusal on unchanged, details and all. Of any other error only the code leaves. */
function refuse(error: unknown, { requestHeader }: HandlerContext): never {
  const { rawMessage, code, details } = ConnectError.from(error);
  const passed = new ConnectError(rawMessage, code);
  passed.details = details;
  const refusal = refusalIn(passed);
  if (refusal === undefined) throw new ConnectError("", code);
  const challenge = challengeOf(refusal, requestHeader.has("authorization"));
  if (challenge !== undefined) passed.metadata.set("WWW-Authenticate", challenge);
  throw passed;
}
