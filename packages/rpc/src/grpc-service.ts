import type { DescMethod, DescService, Message, MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import { ConnectError, type Interceptor, type ServiceImpl } from "@connectrpc/connect";
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
import { asTheyAre, encode, encodeOnce, pathOf } from "./codec.ts";
import { drained } from "./drained.ts";
import { readRequest, ServerCall, serverCallKey } from "./server-call.ts";
import { errorToStatus } from "./status.ts";

type AnyImpl = (request: unknown, context: ServerCall) => unknown;
type AnyFn = ReturnType<Interceptor>;
type Request = Parameters<AnyFn>[0];

/**
 * Serves the handlers of one service, written for Connect, on the wire of grpc-js.
 *
 * grpc-js carries the same handlers five times faster than connect-node's gRPC does (982 against 5,426 calls a second on
 * two cores), and brings balancing, retries and keepalive.
 */
export function grpcService<Desc extends DescService>(
  desc: Desc,
  impl: ServiceImpl<Desc>,
  interceptors: readonly Interceptor[],
): { definition: ServiceDefinition; implementation: UntypedServiceImplementation } {
  const definition: Record<string, MethodDefinition<unknown, unknown>> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const method of desc.methods) {
    const handler = impl[method.localName as keyof ServiceImpl<Desc>] as AnyImpl;
    definition[method.name] = {
      path: pathOf(method),
      requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
      responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
      // Requests are read by the handler, so that one that cannot be read gets a typed refusal.
      requestDeserialize: asTheyAre,
      requestSerialize: (bytes) => bytes as Buffer,
      responseSerialize:
        method.methodKind === "unary"
          ? (message) => encode(method.output, message as Message)
          : (message) => encodeOnce(method.output, message as Message),
      responseDeserialize: asTheyAre,
    };
    implementation[method.name] = answer(method, handler, interceptors);
  }
  return { definition, implementation };
}

function answer(method: DescMethod, handler: AnyImpl, interceptors: readonly Interceptor[]) {
  const call = interceptors.reduceRight(
    (next: AnyFn, interceptor) => interceptor(next),
    innermost(method, handler),
  );
  switch (method.methodKind) {
    case "unary":
      return (it: ServerUnaryCall<Buffer, Message>, done: sendUnaryData<Message>) => {
        const context = new ServerCall(method, it);
        const result = call(new UnaryCall(context, it.request) as unknown as Request);
        finish(
          context,
          result.then((response) => response.message as Message),
          done,
        );
      };
    case "client_streaming":
      return (it: ServerReadableStream<Buffer, Message>, done: sendUnaryData<Message>) => {
        const context = new ServerCall(method, it);
        const result = call(streamRequest(context, it)).then(async (response) => {
          for await (const message of response.message as AsyncIterable<Message>) return message;
          throw new Error(`${method.name} answered nothing`);
        });
        finish(context, result, done);
      };
    case "server_streaming":
      return (it: ServerWritableStream<Buffer, Message>) => {
        const context = new ServerCall(method, it);
        void pour(context, it, call(streamRequest(context, [it.request])));
      };
    case "bidi_streaming":
      return (it: ServerDuplexStream<Buffer, Message>) => {
        const context = new ServerCall(method, it);
        void pour(context, it, call(streamRequest(context, it)));
      };
  }
}

const NO_HEADERS = new Headers();

/** What the last interceptor calls: the handler itself. */
function innermost(method: DescMethod, handler: AnyImpl): AnyFn {
  // Nothing of ours travels in headers or trailers: those of a handler are not sent.
  const common = { service: method.parent, header: NO_HEADERS, trailer: NO_HEADERS };
  return async (request) => {
    const context = request.contextValues.get(serverCallKey) as ServerCall;
    if (!request.stream) {
      const message = complete(method, (await handler(request.message, context)) as never);
      return { ...common, stream: false, method: method as never, message };
    }
    const input = method.methodKind === "server_streaming" ? await only(request.message) : request.message;
    const output = handler(input, context) as AsyncIterable<never> | Promise<never>;
    const message = method.methodKind === "client_streaming" ? [await (output as Promise<never>)] : output;
    return { ...common, stream: true, method: method as never, message: completed(method, message as never) };
  };
}

/** A unary request for interceptors. What none of them asks for is not made. */
class UnaryCall {
  readonly stream = false;
  readonly #context: ServerCall;
  readonly #bytes: Buffer;
  #message: Message | undefined;

  constructor(context: ServerCall, bytes: Buffer) {
    this.#context = context;
    this.#bytes = bytes;
  }

  /** Read when first asked for: a caller who is not admitted does not learn what is wrong with the request. */
  get message(): Message {
    this.#message ??= readRequest(this.#context.method, this.#bytes);
    return this.#message;
  }

  get service() {
    return this.#context.service;
  }

  get method() {
    return this.#context.method;
  }

  get requestMethod() {
    return this.#context.requestMethod;
  }

  get url() {
    return this.#context.url;
  }

  get signal() {
    return this.#context.signal;
  }

  get header() {
    return this.#context.requestHeader;
  }

  get contextValues() {
    return this.#context.values;
  }
}

function streamRequest(context: ServerCall, parts: Iterable<Buffer> | AsyncIterable<Buffer>): Request {
  const {
    service,
    method,
    requestMethod,
    url,
    signal,
    requestHeader: header,
    values: contextValues,
  } = context;
  const common = { service, method, requestMethod, url, signal, header, contextValues };
  return { ...common, stream: true, message: read(method, parts) } as unknown as Request;
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
  result: ReturnType<AnyFn>,
): Promise<void> {
  try {
    const response = await result;
    for await (const message of response.message as AsyncIterable<Message>) {
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

async function* read(
  method: DescMethod,
  parts: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Message> {
  for await (const bytes of parts) yield readRequest(method, bytes);
}

async function only(messages: AsyncIterable<Message>): Promise<Message> {
  for await (const message of messages) return message;
  throw new Error("a call without a request");
}

async function* completed(method: DescMethod, messages: AsyncIterable<never>): AsyncGenerator<Message> {
  for await (const message of messages) yield complete(method, message);
}

function complete(method: DescMethod, message: MessageInitShape<DescMethod["output"]>): Message {
  return create(method.output, message);
}
