import type { ServiceImpl } from "@connectrpc/connect";
import type { EventService } from "@tessera/contracts/tessera/auth/v1/event_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getEvent } from "./get-event.ts";
import { listEvents } from "./list-events.ts";
import { watchEvents } from "./watch-events.ts";

/** Implements tessera.auth.v1.EventService. */
export function eventService(deps: Deps): ServiceImpl<typeof EventService> {
  return {
    listEvents: listEvents(deps),
    getEvent: getEvent(deps),
    watchEvents: watchEvents(deps),
  };
}
