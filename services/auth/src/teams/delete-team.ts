import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { appendTeamEvent, deleteTeamRow, lockTeam } from "./store.ts";
import { managedFromAbove } from "./team.ts";

/** Implements tessera.auth.v1.TeamService.DeleteTeam. */
export const deleteTeam = ({ store }: Deps) =>
  command(TeamService.method.deleteTeam, async ({ teamId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const { team } = managedFromAbove(await lockTeam(tx, teamId, caller), teamId);
      const members = await deleteTeamRow(tx, teamId);
      const details = { name: team.name };
      await appendTeamEvent(tx, AuthEventKind.TEAM_DELETED, team, caller, { details });
      await raiseMembershipVersions(tx, members);
      return { name: `teams/${teamId}`, revision: team.revision + 1n };
    });
  });
