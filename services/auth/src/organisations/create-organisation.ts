import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import type { Organisation } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { lockUser } from "../users/store.ts";
import { newOrganisation } from "./organisation.ts";
import { organisationNameTaken, organisationSlugTaken } from "./refusals.ts";
import { findNamesake, insertManager, insertOrganisation, lockOrganisationNames } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.CreateOrganisation. */
export function createOrganisation({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.createOrganisation> {
  return (request, context) => {
    const caller = callerOf(context);
    // The contract requires an organisation.
    const settings = newOrganisation(request.organisation as Organisation);
    return store.command({
      method: OrganisationService.method.createOrganisation,
      request,
      context,
      work: async (tx, now) => {
        const { userId, clientId } = caller;
        await lockUser(tx, userId);
        await lockOrganisationNames(tx);
        if (!(await isAdministrator(tx, caller))) throw notAdministrator();
        const same = await findNamesake(tx, settings);
        if (same === "name") throw organisationNameTaken(settings.name);
        if (same === "slug") throw organisationSlugTaken(settings.slug);
        const organisationId = await insertOrganisation(tx, settings, now);
        await insertManager(tx, organisationId, userId, now);
        const details = { name: settings.name };
        const kind = EventKind.ORGANISATION_CREATED;
        await appendEvent(tx, { kind, actor: userId, clientId, userId, organisationId, details });
        await raiseMembershipVersions(tx, [userId]);
        return { name: `organisations/${organisationId}`, revision: 1n };
      },
    });
  };
}
