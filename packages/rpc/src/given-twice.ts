import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/** What grpc-js listens with. It hands on no raw headers. */
interface Listening {
  http2Servers: Map<Http2Server, unknown>;
}

/**
 * Lets a call that has several headers `authorization` show all of them. Node keeps the first one and drops the
 * others before grpc-js reads the headers, and so would take the call for that of the first token.
 */
export function showAuthorizationGivenTwice(server: Server): void {
  for (const listening of (server as unknown as Listening).http2Servers.keys())
    listening.prependListener("stream", showAll);
}

function showAll(_: ServerHttp2Stream, headers: IncomingHttpHeaders, __: number, raw: string[]): void {
  const values = raw.filter((_value, at) => at % 2 === 1 && raw[at - 1] === "authorization");
  // grpc-js reads a list as a header that was given several times.
  if (values.length > 1) (headers as Record<string, unknown>).authorization = values;
}
