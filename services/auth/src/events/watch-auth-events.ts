import type { MethodImpl } from "@connectrpc/connect";
import type {
  AuthEventService,
  WatchAuthEventsRequest,
} from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { BehindTooFar } from "@tessera/feeds/feed.ts";
import { streamEnd } from "@tessera/rpc/stream-end.ts";
import type { Deps } from "../deps.ts";
import { positionText, readPosition } from "../position.ts";
import { eventOf } from "./event-row.ts";
import { positionForgotten } from "./refusals.ts";

/** Implements tessera.auth.v1.AuthEventService.WatchAuthEvents. */
export function watchAuthEvents(deps: Deps): MethodImpl<typeof AuthEventService.method.watchAuthEvents> {
  const { eventFeed, streamMaxMs, stopping } = deps;
  return async function* (request, context) {
    let last = await begin(deps, request);
    yield { position: positionText(last) };
    using end = streamEnd({ maxMs: streamMaxMs, stopping }, context);
    try {
      for await (const row of eventFeed.watch({ after: last, signal: end.signal })) {
        yield { position: positionText(row.position), event: eventOf(row) };
        last = row.position;
      }
    } catch (error) {
      if (!(error instanceof BehindTooFar)) throw error;
      // As a message and not as an error, which would overtake what was sent and not read yet.
      yield { position: positionText(last), dropped: true };
    }
  };
}

/** The position at which a stream begins. Refuses in this order: POSITION_INVALID, POSITION_FORGOTTEN. */
async function begin({ store, eventFeed }: Deps, request: WatchAuthEventsRequest): Promise<bigint> {
  const floor = await store.events.floor();
  if (request.position === "") return request.fromStart ? floor : eventFeed.wholeHead();
  const position = readPosition(request.position, await eventFeed.head());
  if (position < floor) throw positionForgotten(positionText(floor));
  return position;
}
