import type { IncomingHttpHeaders } from "node:http";
import type { DescMethodStreaming, DescMethodUnary, DescService, Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { correlationOf, REQUEST_ID_HEADER, TRACE_HEADER } from "@tessera/rpc/correlation.ts";
import { refuseHttp } from "./http-refusal.ts";
import type { Route } from "./routes/route.ts";

/** The connection to each service. */
export type TransportFor = (service: DescService) => Transport;

/** On whose behalf a service is called: what of the request reaches it, and nothing else does. */
export interface Caller {
  headers: Record<string, string>;
  /** Ends the call when the caller leaves. */
  signal: AbortSignal;
}

/** The directives of RFC 9111 that request a fresh answer; services respect them in their decisions. */
const FRESHNESS = /^(no-cache|max-age=\d{1,9})(, ?(no-cache|no-store|no-transform|max-age=\d{1,9}))*$/i;

/**
 * What is passed on of a request's headers: what it says about its caller, which the services refuse if it is not a
 * token, and that it wants something fresh. Beside it the id of the request and its trace, made where the client sent none that
 * is well-formed, and the client's address, by which services keep limits.
 */
export function passedOn(
  headers: IncomingHttpHeaders,
  { id, address }: { id: string; address: string },
): Record<string, string> {
  const { authorization, "cache-control": freshness } = headers;
  const passed = correlated(headers, { id, address });
  if (freshness !== undefined && FRESHNESS.test(freshness)) passed["cache-control"] = freshness;
  if (authorization !== undefined) {
    if (!/^[ -~]*$/.test(authorization)) {
      const detail = "must be ASCII";
      throw refuseHttp(Reason.REQUEST_MALFORMED, {
        faults: [{ in: "header", name: "Authorization", detail, rule: "header.ascii" }],
      });
    }
    passed.authorization = authorization;
  }
  return passed;
}

/** The id of a request, its trace and its client's address, as the services and the console get them. */
export function correlated(
  { traceparent }: IncomingHttpHeaders,
  { id, address }: { id: string; address: string },
): Record<string, string> {
  const { requestId, trace } = correlationOf(id, typeof traceparent === "string" ? traceparent : null);
  const passed: Record<string, string> = { [REQUEST_ID_HEADER]: requestId, [TRACE_HEADER]: trace };
  // A network of IPv6 is passed on as its first address, which is of the same network.
  if (address !== "") passed["x-forwarded-for"] = address.endsWith("::/64") ? address.slice(0, -3) : address;
  return passed;
}

/** Calls a unary RPC. */
export async function callUnary(
  transportFor: TransportFor,
  { rpc, deadlineMs }: Pick<Route, "rpc" | "deadlineMs">,
  message: Message,
  { headers, signal }: Caller,
): Promise<Message> {
  const transport = transportFor(rpc.parent);
  const response = await transport.unary(rpc as DescMethodUnary, signal, deadlineMs, headers, message);
  return response.message;
}

/** Calls an RPC that streams its answers. It has no deadline: it ends with its caller, or by itself. */
export async function callStream(
  transportFor: TransportFor,
  { rpc }: Pick<Route, "rpc">,
  message: Message,
  { headers, signal }: Caller,
): Promise<AsyncIterable<Message>> {
  const transport = transportFor(rpc.parent);
  const response = await transport.stream(
    rpc as DescMethodStreaming,
    signal,
    undefined,
    headers,
    once(message),
  );
  return response.message;
}

/** Calls an RPC that takes a stream of messages and answers once. */
export async function callClientStream(
  transportFor: TransportFor,
  { rpc, deadlineMs }: Pick<Route, "rpc" | "deadlineMs">,
  messages: AsyncIterable<Message>,
  { headers, signal }: Caller,
): Promise<Message> {
  const transport = transportFor(rpc.parent);
  const method = rpc as DescMethodStreaming;
  const response = await transport.stream(method, signal, deadlineMs, headers, messages);
  let answer: Message | undefined;
  for await (const message of response.message) answer = message;
  if (answer === undefined) throw new ConnectError("the service answered nothing", Code.Internal);
  return answer;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
