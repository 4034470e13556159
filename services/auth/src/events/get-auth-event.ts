import type { MethodImpl } from "@connectrpc/connect";
import type { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { acting, isAdministrator } from "../users/user.ts";
import { eventOf } from "./event-row.ts";
import { eventNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.AuthEventService.GetAuthEvent. */
export function getAuthEvent({ store }: Deps): MethodImpl<typeof AuthEventService.method.getAuthEvent> {
  return async ({ eventId }, context) => {
    const viewer = acting(await store.users.read(callerOf(context).userId));
    const row = await store.events.find(eventId, isAdministrator(viewer) ? undefined : viewer.userId);
    if (row === undefined) throw eventNotFound(eventId);
    return { event: eventOf(row) };
  };
}
