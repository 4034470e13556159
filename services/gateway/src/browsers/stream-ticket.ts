import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { ticketPath } from "@tessera/identity/ticket-path.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { takesTicket as isReadByTicket } from "@tessera/rpc/stream-ticket.ts";
import type { Exchange } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import type { Parameter } from "../requests/query.ts";
import type { Route } from "../routes/route.ts";

/** The query parameter with a ticket (tessera.auth.v1.TokenService.IssueStreamTicket). */
export const TICKET = "ticket";

const refuse = refusals(RpcReasonSchema);

/** Whether a reader that cannot set headers reads a route by a ticket: a stream, or a document that the contract names. */
export function takesTicket({ rpc, httpMethod }: Pick<Route, "rpc" | "httpMethod">): boolean {
  return httpMethod === "GET" && isReadByTicket(rpc);
}

/**
 * Makes a request with a ticket one with a token: the ticket is one, for this path alone. Returns whether it has a ticket. What
 * is no ticket is refused, so that nobody comes to put an access token into a URL.
 */
export function presentTicket(
  exchange: Pick<Exchange, "request" | "path" | "hasTicket">,
  route: Route,
  parameters: readonly Parameter[],
): boolean {
  if (!takesTicket(route)) return false;
  const [given, ...others] = parameters.filter(({ name }) => name === TICKET);
  if (given === undefined) return false;
  const { request, path } = exchange;
  exchange.hasTicket = true;
  const { authorization } = request.headers;
  if (authorization !== undefined || others.length > 0) {
    const detail = "give one ticket, and no Authorization with it";
    throw refuseHttp(Reason.REQUEST_MALFORMED, {
      faults: [{ in: "query", name: TICKET, detail, rule: "query.ticket" }],
    });
  }
  // Also of what is no ticket: the refusal then challenges for another token, and does not ask for a first one.
  request.headers.authorization = `Bearer ${given.value}`;
  const found = ticketPath(given.value);
  if (found === undefined)
    throw invalid("This is no ticket: POST /v1/stream-tickets issues one. A token does not belong in a URL");
  if (found !== path) throw invalid(`The ticket is for ${found}`);
  return true;
}

function invalid(detail: string) {
  return refuse(RpcReason.TOKEN_INVALID, { detail });
}
