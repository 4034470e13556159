import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { deletionNotFound } from "../users/refusals.ts";
import { knownService } from "./deletion.ts";
import { holdDeletion, insertConfirmation } from "./store.ts";

/** Implements tessera.auth.v1.UserService.ConfirmDeletion. */
export function confirmDeletion({
  store,
  deletionServices,
}: Deps): MethodImpl<typeof UserService.method.confirmDeletion> {
  return (request, context) => {
    const { userId, service } = request;
    const { userId: actor, clientId } = callerOf(context);
    return store.command({
      method: UserService.method.confirmDeletion,
      request,
      context,
      work: async (tx, now) => {
        const held = await holdDeletion(tx, userId);
        if (held === undefined) throw deletionNotFound(userId);
        knownService(deletionServices, service);
        const revision = await insertConfirmation(tx, { userId, service, now });
        if (revision !== undefined) {
          const details = { service };
          await appendEvent(tx, { kind: EventKind.DELETION_CONFIRMED, actor, clientId, userId, details });
        }
        return { name: `users/${userId}/deletion`, revision: revision ?? held };
      },
    });
  };
}
