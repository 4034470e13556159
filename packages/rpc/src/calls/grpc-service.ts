import type { Message } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import type {
  MethodDefinition,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  sendUnaryData,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { asTheyAre, encode, pathOf } from "../codec.ts";
import { drained } from "../drained.ts";
import { ServerCall } from "../server-call.ts";
import { errorToStatus } from "../status.ts";
import { carriedByGrpcJs } from "../wire-call.ts";
import type { Rpc } from "./rpc.ts";

/** Serves RPCs on the wire of grpc-js. */
export function grpcService(rpcs: readonly Rpc[]): {
  definition: ServiceDefinition;
  implementation: UntypedServiceImplementation;
} {
  const definition: Record<string, MethodDefinition<unknown, unknown>> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const rpc of rpcs) {
    const { method } = rpc;
    definition[pathOf(method)] = {
      path: pathOf(method),
      requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
      responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
      // Requests are read by the handler, so that one that cannot be read gets a typed refusal.
      requestDeserialize: asTheyAre,
      requestSerialize: (bytes) => bytes as Buffer,
      responseSerialize: (message) => encode(method.output, message as Message),
      responseDeserialize: asTheyAre,
    };
    implementation[pathOf(method)] = answer(rpc);
  }
  return { definition, implementation };
}

function answer(rpc: Rpc) {
  const { method } = rpc;
  const contextOf = (call: Parameters<typeof carriedByGrpcJs>[0]) =>
    new ServerCall(method, carriedByGrpcJs(call));
  switch (method.methodKind) {
    case "unary":
      return (it: ServerUnaryCall<Buffer, Message>, done: sendUnaryData<Message>) => {
        const context = contextOf(it);
        finish(context, rpc.once(context, it.request), done);
      };
    case "client_streaming":
      return (it: ServerReadableStream<Buffer, Message>, done: sendUnaryData<Message>) => {
        const context = contextOf(it);
        const result = rpc.stream(context, it).then(async (messages) => {
          for await (const message of messages) return message;
          throw new Error(`${method.name} answered nothing`);
        });
        finish(context, result, done);
      };
    case "server_streaming":
      return (it: ServerWritableStream<Buffer, Message>) => {
        const context = contextOf(it);
        void pour(context, it, rpc.stream(context, [it.request]));
      };
    case "bidi_streaming":
      return (it: ServerDuplexStream<Buffer, Message>) => {
        const context = contextOf(it);
        void pour(context, it, rpc.stream(context, it));
      };
  }
}

/** Answers once: with the result, or when the call is aborted before it. */
function finish(context: ServerCall, result: Promise<Message>, done: sendUnaryData<Message>): void {
  let answered = false;
  const answer = (error: unknown, message: Message | null) => {
    if (answered) return;
    answered = true;
    context.end();
    done(error === null ? null : errorToStatus(ConnectError.from(error)), message);
  };
  context.onAbort = (reason) => answer(reason, null);
  result.then(
    (message) => answer(null, message),
    (error: unknown) => answer(error, null),
  );
}

/** Writes a stream of answers, no faster than they are taken. */
async function pour(
  context: ServerCall,
  call: ServerWritableStream<Buffer, Message> | ServerDuplexStream<Buffer, Message>,
  result: Promise<AsyncIterable<Message>>,
): Promise<void> {
  try {
    for await (const message of await result) {
      if (context.signal.aborted) return;
      if (!call.write(message)) await drained(call, context.signal);
    }
    call.end();
  } catch (error) {
    call.emit("error", errorToStatus(ConnectError.from(error)));
  } finally {
    context.end();
  }
}
