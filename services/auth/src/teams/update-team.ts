import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { type Team, TeamSchema } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { lockOrganisation, readTeamNames } from "../organisations/store.ts";
import { changedFields } from "../settings.ts";
import { teamNameTaken } from "./refusals.ts";
import { appendTeamEvent, lockTeam, organisationOfTeam, updateTeamRow } from "./store.ts";
import { changeTeam, readTeamPatch } from "./team.ts";

/** Implements tessera.auth.v1.TeamService.UpdateTeam. */
export const updateTeam = ({ store }: Deps) =>
  command(TeamService.method.updateTeam, async (request, attempt) => {
    // The contract requires a team.
    const { teamId } = request.team as Team;
    const patch = readTeamPatch(request.team as Team, request.updateMask?.paths ?? []);
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const organisationId = await organisationOfTeam(tx, teamId);
      // The names of an organisation's teams are given one at a time.
      if (patch.name !== undefined) await lockOrganisation(tx, organisationId, caller);
      const found = await lockTeam(tx, teamId, caller);
      const { team, settings } = changeTeam(found, teamId, patch, request.expectedRevision);
      const { taken } = await readTeamNames(tx, team.organisationId, settings.name, teamId);
      if (taken) throw teamNameTaken(settings.name);
      const revision = await updateTeamRow(tx, teamId, settings, now);
      const changed = { ...team, visibility: settings.visibility };
      const details = changedFields(TeamSchema, patch);
      await appendTeamEvent(tx, AuthEventKind.TEAM_CHANGED, changed, caller, { details });
      return { name: `teams/${teamId}`, revision };
    });
  });
