import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { removeManager } from "./organisation.ts";
import { deleteManager, lockOrganisation, readManagers } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.RemoveOrganisationManager. */
export function removeOrganisationManager({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.removeOrganisationManager> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: OrganisationService.method.removeOrganisationManager,
      request,
      context,
      work: async (tx) => {
        const { organisationId, userId } = request;
        const found = await lockOrganisation(tx, organisationId, caller);
        const { managers, manages } = await readManagers(tx, organisationId, userId);
        removeManager(found, organisationId, { userId, manages }, managers);
        await deleteManager(tx, organisationId, userId);
        const { userId: actor, clientId } = caller;
        const kind = EventKind.ORGANISATION_MANAGER_REMOVED;
        await appendEvent(tx, { kind, actor, clientId, userId, organisationId });
        await raiseMembershipVersions(tx, [userId]);
        return { name: `organisations/${organisationId}/managers/${userId}`, revision: 2n };
      },
    });
  };
}
