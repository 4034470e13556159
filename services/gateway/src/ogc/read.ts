import type { Message } from "@bufbuild/protobuf";
import { callUnary, passedOn, type TransportFor } from "../call.ts";
import type { Visit } from "../doorway.ts";
import type { Exchange } from "../exchange.ts";
import type { FindCaller } from "../find-caller.ts";
import type { Route } from "../routes/route.ts";

/** What reading in a caller's name needs. */
export interface ReadDeps {
  transportFor: TransportFor;
  findCaller: FindCaller;
}

/** Calls an RPC that reads, in the name of the caller. */
export type Read = (route: Route, message: Message) => Promise<Message>;

/** How a request reads: each call is admitted as one of its own route would be. */
export function readFor({ transportFor, findCaller }: ReadDeps, exchange: Exchange, visit: Visit): Read {
  const { request, signal } = exchange;
  return async (route, message) => {
    await visit.identify(route.rpc, () => findCaller(route.rpc, request.headers.authorization));
    await visit.enter(route.rpc);
    const response = await callUnary(transportFor, route, message, {
      headers: passedOn(request.headers, visit),
      signal,
    });
    visit.leave(true);
    return response;
  };
}
