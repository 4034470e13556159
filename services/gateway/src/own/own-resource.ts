import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import type { Visit } from "../doorway.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";

/** A resource of the gateway itself, which no RPC answers. It is read only. */
export interface OwnResource {
  /** Whether this resource lies at the path, which is as it was sent: percent-encoded. */
  takes(path: string): boolean;
  /** Returns the reply to a GET or HEAD request. The body is not sent to HEAD. */
  reply(exchange: Exchange, visit: Visit): Reply | Promise<Reply>;
  /** Answered however busy the gateway is. */
  always?: boolean;
}

const ALLOW = "GET, HEAD, OPTIONS";

/** Answers a request to a resource of the gateway. Refuses METHOD_NOT_ALLOWED. */
export function ownReply(resource: OwnResource, exchange: Exchange, visit: Visit): Reply | Promise<Reply> {
  const { method, path } = exchange;
  if (method === "OPTIONS") return { status: 204, headers: { Allow: ALLOW } };
  if (method !== "GET" && method !== "HEAD")
    throw refuseHttp(Reason.METHOD_NOT_ALLOWED, { metadata: { allow: ALLOW } });
  exchange.template = path;
  return resource.reply(exchange, visit);
}
