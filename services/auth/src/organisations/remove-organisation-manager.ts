import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { removeManager } from "./organisation.ts";
import { deleteManager, lockOrganisation, readManagers } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.RemoveOrganisationManager. */
export const removeOrganisationManager = ({ store }: Deps) =>
  command(OrganisationService.method.removeOrganisationManager, async (request, attempt) => {
    const { organisationId, userId } = request;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const found = await lockOrganisation(tx, organisationId, caller);
      const { managers, manages } = await readManagers(tx, organisationId, userId);
      removeManager(found, organisationId, { userId, manages }, managers);
      await deleteManager(tx, organisationId, userId);
      const kind = AuthEventKind.ORGANISATION_MANAGER_REMOVED;
      await appendEvent(tx, { kind, ...by(caller), userId, organisationId });
      await raiseMembershipVersions(tx, [userId]);
      return { name: `organisations/${organisationId}/managers/${userId}`, revision: 2n };
    });
  });
