import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { MemberFunction, type Team } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { lockOrganisation, readTeamNames } from "../organisations/store.ts";
import { lockCandidate } from "../users/store.ts";
import { insertMember } from "./member-store.ts";
import { appendTeamEvent, insertTeam } from "./store.ts";
import { mayCreateTeam, newTeam } from "./team.ts";

/** Implements tessera.auth.v1.TeamService.CreateTeam. */
export const createTeam = ({ store }: Deps) =>
  command(TeamService.method.createTeam, async (request, attempt) => {
    // The contract requires a team.
    const settings = newTeam(request.team as Team);
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      const { userId } = caller;
      const { organisationId, visibility, name } = settings;
      const founder = await lockCandidate(tx, userId);
      const organisation = await lockOrganisation(tx, organisationId, caller);
      const existing = await readTeamNames(tx, organisationId, name);
      mayCreateTeam(settings, organisation, founder, existing);
      const team = { teamId: await insertTeam(tx, settings, now), organisationId, visibility };
      await appendTeamEvent(tx, AuthEventKind.TEAM_CREATED, team, caller, { userId, details: { name } });
      await insertMember(tx, team, { userId, function: MemberFunction.MANAGER }, caller, now);
      return { name: `teams/${team.teamId}`, revision: 1n };
    });
  });
