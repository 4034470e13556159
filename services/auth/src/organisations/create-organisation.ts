import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import type { Organisation } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { admissible } from "../users/candidate.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator, lockCandidate } from "../users/store.ts";
import { newOrganisation, refuseNamesake } from "./organisation.ts";
import { findNamesake, insertManager, insertOrganisation, lockOrganisationNames } from "./store.ts";

/** Implements tessera.auth.v1.OrganisationService.CreateOrganisation. */
export const createOrganisation = ({ store }: Deps) =>
  command(OrganisationService.method.createOrganisation, async (request, attempt) => {
    // The contract requires an organisation.
    const settings = newOrganisation(request.organisation as Organisation);
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const { userId } = caller;
      const candidate = await lockCandidate(tx, userId);
      await lockOrganisationNames(tx);
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      admissible(candidate);
      refuseNamesake(settings, await findNamesake(tx, settings));
      const organisationId = await insertOrganisation(tx, settings, now);
      await insertManager(tx, organisationId, userId, now);
      const kind = AuthEventKind.ORGANISATION_CREATED;
      const details = { name: settings.name };
      await appendEvent(tx, { kind, ...by(caller), userId, organisationId, details });
      await raiseMembershipVersions(tx, [userId]);
      return { name: `organisations/${organisationId}`, revision: 1n };
    });
  });
