import type { IncomingMessage, ServerResponse } from "node:http";
import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import { ConnectError, type HandlerContext, type MethodImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { defaultMs, LONGEST_MS, longestMs } from "@tessera/rpc/deadline.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { callClientStream, callStream, callUnary, passedOn, type TransportFor } from "./call.ts";
import { bodyMaxBytesOf } from "./route.ts";

/** The bounds of Connect and gRPC-Web. */
export interface BrowserRpcOptions {
  transportFor: TransportFor;
  /** The largest message that is taken, in bytes. */
  readMaxBytes: number;
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
  { transportFor, readMaxBytes, draining }: BrowserRpcOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return connectNodeAdapter({
    grpc: false,
    readMaxBytes,
    writeMaxBytes: WRITE_MAX_BYTES,
    maxTimeoutMs: LONGEST_MS,
    acceptCompression: [],
    jsonOptions: { ignoreUnknownFields: false },
    shutdownSignal: draining,
    routes: (router) => {
      for (const rpc of services.flatMap((it) => it.methods)) {
        const options = { readMaxBytes: Math.min(readMaxBytes, bodyMaxBytesOf(rpc)) };
        router.rpc(rpc, handlerOf(rpc, transportFor) as MethodImpl<typeof rpc>, options);
      }
    },
  });
}

function handlerOf(rpc: DescMethod, transportFor: TransportFor) {
  if (rpc.methodKind === "unary") {
    return (message: Message, context: HandlerContext) => {
      const deadlineMs = Math.min(context.timeoutMs() ?? defaultMs(rpc), LONGEST_MS);
      return callUnary(transportFor, { rpc, deadlineMs }, message, callerOf(context)).catch(refuse);
    };
  }
  if (rpc.methodKind === "client_streaming") {
    return (messages: AsyncIterable<Message>, context: HandlerContext) => {
      const deadlineMs = Math.min(context.timeoutMs() ?? defaultMs(rpc), longestMs(rpc));
      return callClientStream(transportFor, { rpc, deadlineMs }, messages, callerOf(context)).catch(refuse);
    };
  }
  return async function* (message: Message, context: HandlerContext) {
    try {
      yield* await callStream(transportFor, { rpc }, message, callerOf(context));
    } catch (error) {
      refuse(error);
    }
  };
}

function callerOf({ requestHeader, signal }: HandlerContext) {
  return { headers: passedOn(Object.fromEntries(requestHeader)), signal };
}

/** Hands a refusal on unchanged, details and all. Of any other error only the code leaves. */
function refuse(error: unknown): never {
  const { rawMessage, code, details } = ConnectError.from(error);
  const passed = new ConnectError(rawMessage, code);
  passed.details = details;
  throw refusalIn(passed) === undefined ? new ConnectError("", code) : passed;
}
