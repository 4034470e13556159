import type {
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { type CallOptions, type Client, createClient as clientOf, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { SERVICES, type TYPED_SERVICES } from "@tessera/contracts/catalogue.ts";
import { isPaged, pages } from "./pages.ts";
import { type Reliability, reliableTransport } from "./reliable-transport.ts";
import { isWatch, type WatchOptions, watch } from "./watch.ts";

/** Where the system is, who calls, and how often a call is tried. */
export type ClientOptions = Reliability & (Gateway | { transport: Transport });

/** The gateway, reached by `fetch`: from Node, Deno and browsers. */
export interface Gateway {
  /** Such as "https://tessera.example.org". */
  baseUrl: string;
  /** "connect" unless it is given. */
  protocol?: "connect" | "grpc-web";
}

type Service = (typeof TYPED_SERVICES)[number];
type MethodsOf<S> = S extends { method: infer Methods } ? Methods : never;
type Together<Union> = (Union extends unknown ? (it: Union) => void : never) extends (it: infer All) => void
  ? All
  : never;

type Request<M extends DescMethod> = MessageInitShape<M["input"]>;
type Response<M extends DescMethod> = MessageShape<M["output"]>;

/** Every RPC by its name: a promise of the response, or the messages of a stream. */
type Calls<S> = S extends DescService ? Client<S> : never;
type Pages<Methods> = {
  [Name in keyof Methods as Methods[Name] extends DescMethodUnary
    ? Request<Methods[Name]> extends { pageToken?: string }
      ? Name
      : never
    : never]: Methods[Name] extends DescMethodUnary
    ? (request: Request<Methods[Name]>, options?: CallOptions) => AsyncIterable<Response<Methods[Name]>>
    : never;
};
type Streams<Methods> = {
  [Name in keyof Methods as Methods[Name] extends DescMethodServerStreaming
    ? Name
    : never]: Methods[Name] extends DescMethodServerStreaming
    ? (
        request: Request<Methods[Name]>,
        options?: CallOptions & WatchOptions,
      ) => AsyncIterable<Response<Methods[Name]>>
    : never;
};

/** The client of all services. */
export type TesseraClient = Omit<Together<Calls<Service>>, keyof Together<Streams<MethodsOf<Service>>>> &
  Together<Streams<MethodsOf<Service>>> & {
    /** The lists, page by page: `for await (const { tasks } of client.pages.listTasks({ projectId }))`. */
    pages: Together<Pages<MethodsOf<Service>>>;
    /** For Connect's own clients: `createClient(LockService, client.transport)`. */
    transport: Transport;
  };

/** Makes a client of all services. It opens no connection before the first call. */
export function createClient(options: ClientOptions): TesseraClient {
  const transport = reliableTransport(transportOf(options), options);
  const calls = Object.assign({}, ...SERVICES.map((service) => callsOf(service, transport)));
  return { ...calls, pages: Object.assign({}, ...SERVICES.map((it) => pagesOf(it, transport))), transport };
}

function transportOf(options: Gateway | { transport: Transport }): Transport {
  if ("transport" in options) return options.transport;
  const { baseUrl, protocol = "connect" } = options;
  const settings = { baseUrl, useBinaryFormat: true };
  return protocol === "connect" ? createConnectTransport(settings) : createGrpcWebTransport(settings);
}

function callsOf(service: DescService, transport: Transport) {
  const watches = service.methods
    .filter(isWatch)
    .map((method) => [
      method.localName,
      (request: object, options?: WatchOptions) => watch(transport, method, request as never, options),
    ]);
  return { ...clientOf(service, transport), ...Object.fromEntries(watches) };
}

function pagesOf(service: DescService, transport: Transport) {
  const lists = service.methods
    .filter(isPaged)
    .map((method) => [
      method.localName,
      (request: object, options?: CallOptions) => pages(transport, method, request as never, options),
    ]);
  return Object.fromEntries(lists);
}
