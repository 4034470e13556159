import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { type Organisation, OrganisationSchema } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { changedFields } from "../settings.ts";
import { changeOrganisation, readOrganisationPatch, refuseNamesake } from "./organisation.ts";
import { findNamesake, lockOrganisation, lockOrganisationNames, updateOrganisationRow } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.UpdateOrganisation. */
export const updateOrganisation = ({ store }: Deps) =>
  command(OrganisationService.method.updateOrganisation, async (request, attempt) => {
    // The contract requires an organisation.
    const organisation = request.organisation as Organisation;
    const { organisationId } = organisation;
    const patch = readOrganisationPatch(organisation, request.updateMask?.paths ?? []);
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      await lockOrganisationNames(tx);
      const found = await lockOrganisation(tx, organisationId, caller);
      const settings = changeOrganisation(found, organisationId, patch, request.expectedRevision);
      refuseNamesake(settings, await findNamesake(tx, settings, organisationId));
      const revision = await updateOrganisationRow(tx, organisationId, settings, now);
      const kind = AuthEventKind.ORGANISATION_CHANGED;
      const details = changedFields(OrganisationSchema, patch);
      await appendEvent(tx, { kind, ...by(caller), organisationId, details });
      return { name: `organisations/${organisationId}`, revision };
    });
  });
