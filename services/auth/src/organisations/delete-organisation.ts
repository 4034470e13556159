import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { mayDelete } from "./organisation.ts";
import { deleteOrganisationRow, lockOrganisation, lockOrganisationNames, readTeamNames } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.DeleteOrganisation. */
export const deleteOrganisation = ({ store }: Deps) =>
  command(OrganisationService.method.deleteOrganisation, async ({ organisationId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      await lockOrganisationNames(tx);
      const found = await lockOrganisation(tx, organisationId, caller);
      const { teams } = await readTeamNames(tx, organisationId, "");
      const { name, revision } = mayDelete(found, organisationId, teams).organisation;
      const managers = await deleteOrganisationRow(tx, organisationId);
      const kind = AuthEventKind.ORGANISATION_DELETED;
      await appendEvent(tx, { kind, ...by(caller), organisationId, details: { name } });
      await raiseMembershipVersions(tx, managers);
      return { name: `organisations/${organisationId}`, revision: revision + 1n };
    });
  });
