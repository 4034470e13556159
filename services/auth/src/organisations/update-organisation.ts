import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { type Organisation, OrganisationSchema } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { told } from "../settings.ts";
import { changeOrganisation, readOrganisationPatch } from "./organisation.ts";
import { organisationNameTaken, organisationSlugTaken } from "./refusals.ts";
import { findNamesake, lockOrganisation, lockOrganisationNames, updateOrganisationRow } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.UpdateOrganisation. */
export function updateOrganisation({
  store,
}: Deps): MethodImpl<typeof OrganisationService.method.updateOrganisation> {
  return (request, context) => {
    const caller = callerOf(context);
    // The contract requires an organisation.
    const { organisationId } = request.organisation as Organisation;
    const patch = readOrganisationPatch(
      request.organisation as Organisation,
      request.updateMask?.paths ?? [],
    );
    return store.command({
      method: OrganisationService.method.updateOrganisation,
      request,
      context,
      work: async (tx, now) => {
        await lockOrganisationNames(tx);
        const found = await lockOrganisation(tx, organisationId, caller);
        const settings = changeOrganisation(found, organisationId, patch, request.expectedRevision);
        const same = await findNamesake(tx, settings, organisationId);
        if (same === "name") throw organisationNameTaken(settings.name);
        if (same === "slug") throw organisationSlugTaken(settings.slug);
        const revision = await updateOrganisationRow(tx, organisationId, settings, now);
        const { userId: actor, clientId } = caller;
        const kind = EventKind.ORGANISATION_CHANGED;
        const details = told(OrganisationSchema, patch);
        await appendEvent(tx, { kind, actor, clientId, organisationId, details });
        return { name: `organisations/${organisationId}`, revision };
      },
    });
  };
}
