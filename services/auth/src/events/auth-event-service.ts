import type { ServiceImpl } from "@connectrpc/connect";
import type { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getAuthEvent } from "./get-auth-event.ts";
import { listAuthEvents } from "./list-auth-events.ts";
import { watchAuthEvents } from "./watch-auth-events.ts";

/** Implements tessera.auth.v1.AuthEventService. */
export function authEventService(deps: Deps): ServiceImpl<typeof AuthEventService> {
  return {
    listAuthEvents: listAuthEvents(deps),
    getAuthEvent: getAuthEvent(deps),
    watchAuthEvents: watchAuthEvents(deps),
  };
}
