import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { mayDelete } from "./organisation.ts";
import { deleteOrganisationRow, lockOrganisation, lockOrganisationNames, readTeamNames } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.DeleteOrganisation. */
export function deleteOrganisation({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.deleteOrganisation> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: OrganisationService.method.deleteOrganisation,
      request,
      context,
      work: async (tx) => {
        const { organisationId } = request;
        await lockOrganisationNames(tx);
        const found = await lockOrganisation(tx, organisationId, caller);
        const { teams } = await readTeamNames(tx, organisationId, "");
        const { name, revision } = mayDelete(found, organisationId, teams).organisation;
        const managers = await deleteOrganisationRow(tx, organisationId);
        const { userId: actor, clientId } = caller;
        const kind = EventKind.ORGANISATION_DELETED;
        await appendEvent(tx, { kind, actor, clientId, organisationId, details: { name } });
        await raiseMembershipVersions(tx, managers);
        return { name: `organisations/${organisationId}`, revision: revision + 1n };
      },
    });
  };
}
