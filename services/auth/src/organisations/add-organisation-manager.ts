import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { lockCandidate } from "../users/store.ts";
import { addManager } from "./organisation.ts";
import { insertManager, lockOrganisation, readManagers } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.AddOrganisationManager. */
export function addOrganisationManager({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.addOrganisationManager> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: OrganisationService.method.addOrganisationManager,
      request,
      context,
      work: async (tx, now) => {
        const { organisationId, userId } = request;
        const candidate = await lockCandidate(tx, userId);
        const found = await lockOrganisation(tx, organisationId, caller);
        const { managers, manages } = await readManagers(tx, organisationId, userId);
        const created = addManager(found, organisationId, { ...candidate, manages }, managers);
        if (created) {
          await insertManager(tx, organisationId, userId, now);
          const { userId: actor, clientId } = caller;
          const kind = EventKind.ORGANISATION_MANAGER_ADDED;
          await appendEvent(tx, { kind, actor, clientId, userId, organisationId });
          await raiseMembershipVersions(tx, [userId]);
        }
        const name = `organisations/${organisationId}/managers/${userId}`;
        return { name, revision: 1n, response: { created } };
      },
    });
  };
}
