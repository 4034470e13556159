import {
  create,
  type DescMethod,
  type DescService,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import type { Interceptor, ServiceImpl } from "@connectrpc/connect";
import { readRequest, type ServerCall, serverCallKey } from "../server-call.ts";

type AnyImpl = (request: unknown, context: ServerCall) => unknown;
type AnyFn = ReturnType<Interceptor>;
type Request = Parameters<AnyFn>[0];

/** One RPC that is served: its handler, with the interceptors that stand before it. */
export interface Rpc {
  readonly method: DescMethod;
  /** Takes a call with one request and one response. */
  once(context: ServerCall, bytes: Buffer): Promise<Message>;
  /** Takes any other call. */
  stream(
    context: ServerCall,
    parts: Iterable<Buffer> | AsyncIterable<Buffer>,
  ): Promise<AsyncIterable<Message>>;
}

/** The RPCs of a service, whose handlers are written for Connect. */
export function rpcsOf<Desc extends DescService>(
  desc: Desc,
  impl: ServiceImpl<Desc>,
  interceptors: readonly Interceptor[],
): Rpc[] {
  return desc.methods.map((method) => {
    const handler = impl[method.localName as keyof ServiceImpl<Desc>] as AnyImpl;
    const call = interceptors.reduceRight(
      (next: AnyFn, interceptor) => interceptor(next),
      innermost(method, handler),
    );
    return {
      method,
      once: async (context, bytes) =>
        (await call(new UnaryCall(context, bytes) as unknown as Request)).message as Message,
      stream: async (context, parts) =>
        (await call(streamRequest(context, parts))).message as AsyncIterable<Message>,
    };
  });
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
