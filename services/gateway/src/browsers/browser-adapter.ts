import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { type ConnectRouter, type ContextValues, createConnectRouter } from "@connectrpc/connect";
import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { pathOf } from "@tessera/rpc/codec.ts";
import type { Exchange } from "../exchange.ts";
import { bodyForm, readableBody } from "./browser-body.ts";

export type RouterOptions = NonNullable<Parameters<typeof createConnectRouter>[0]>;

/** Answers a call of Connect or gRPC-Web. */
export type Adapter = (
  rpc: DescMethod,
  exchange: Exchange,
  maxBytes: number,
  values: ContextValues,
) => Promise<void>;

/** Puts the handlers of a router on HTTP, so that a message that cannot be read is refused as over gRPC. */
export function browserAdapter(options: RouterOptions, routes: (router: ConnectRouter) => void): Adapter {
  const router = createConnectRouter(options);
  routes(router);
  const handlers = new Map(router.handlers.map((it) => [it.requestPath, it]));
  return async (rpc, { request, response }, maxBytes, values) => {
    const handler = handlers.get(pathOf(rpc));
    if (handler === undefined) throw new Error(`${pathOf(rpc)} has no handler`);
    const sent = universalRequestFromNodeRequest(request, response, undefined, values);
    const answer = await handler(readable(rpc, sent, maxBytes));
    await universalResponseToNodeResponse(answer, response);
  };
}

/** The methods of HTTP that the path of an RPC takes. */
export function browserMethods({ methodKind, idempotency }: DescMethod): string[] {
  const isQuery = idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
  return [...(methodKind === "unary" && isQuery ? ["GET"] : []), "OPTIONS", "POST"];
}

/** Whether a request of this method is a call of the RPC. */
export function takesBrowser(rpc: DescMethod, method: string): boolean {
  return method !== "OPTIONS" && browserMethods(rpc).includes(method);
}

function readable(rpc: DescMethod, sent: UniversalServerRequest, maxBytes: number): UniversalServerRequest {
  const { method, body, header } = sent.method === "GET" ? asPost(sent) : sent;
  const form = bodyForm(header.get("content-type") ?? undefined);
  if (form === undefined || !isBytes(body)) return sent;
  // What is read may be written at another length.
  const headers = new Headers(header);
  headers.delete("content-length");
  return { ...sent, method, header: headers, body: readableBody(rpc, form, body, maxBytes) };
}

/** A query of Connect that was sent as a GET, whose message stands in the URL. */
function asPost(sent: UniversalServerRequest): UniversalServerRequest {
  const query = new URL(sent.url).searchParams;
  const [message, encoding, compression] = ["message", "encoding", "compression"].map((it) => query.get(it));
  const header = new Headers(sent.header);
  header.set("content-type", `application/${encoding ?? "none"}`);
  if (compression) header.set("content-encoding", compression);
  const bytes = Buffer.from(message ?? "", query.get("base64") === "1" ? "base64url" : "utf8");
  return { ...sent, method: "POST", header, body: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function isBytes(body: UniversalServerRequest["body"]): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
