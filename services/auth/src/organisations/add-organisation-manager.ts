import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { lockCandidate } from "../users/store.ts";
import { addManager } from "./organisation.ts";
import { insertManager, lockOrganisation, readManagers } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.AddOrganisationManager. */
export const addOrganisationManager = ({ store }: Deps) =>
  command(OrganisationService.method.addOrganisationManager, async ({ organisationId, userId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const candidate = await lockCandidate(tx, userId);
      const found = await lockOrganisation(tx, organisationId, caller);
      const { managers, manages } = await readManagers(tx, organisationId, userId);
      const created = addManager(found, organisationId, { ...candidate, manages }, managers);
      if (created) {
        await insertManager(tx, organisationId, userId, now);
        const kind = AuthEventKind.ORGANISATION_MANAGER_ADDED;
        await appendEvent(tx, { kind, ...by(caller), userId, organisationId });
        await raiseMembershipVersions(tx, [userId]);
      }
      const name = `organisations/${organisationId}/managers/${userId}`;
      return { name, revision: 1n, response: { created } };
    });
  });
