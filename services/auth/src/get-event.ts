import type { MethodImpl } from "@connectrpc/connect";
import type { EventService } from "@tessera/contracts/tessera/auth/v1/event_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "./deps.ts";
import { eventNotFound } from "./event-refusals.ts";
import { eventOf } from "./store/event-row.ts";
import { acting, isAdministrator } from "./user.ts";

/** Implements tessera.auth.v1.EventService.GetEvent. */
export function getEvent({ store }: Deps): MethodImpl<typeof EventService.method.getEvent> {
  return async ({ eventId }, context) => {
    const viewer = acting(await store.users.read(callerOf(context).userId));
    const row = await store.events.find(eventId, isAdministrator(viewer) ? undefined : viewer.userId);
    if (row === undefined) throw eventNotFound(eventId);
    return { event: eventOf(row) };
  };
}
