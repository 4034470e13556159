import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { deleteMember, readSubject } from "./member-store.ts";
import { lockTeam } from "./store.ts";
import { removeMember } from "./team-member.ts";

/** Implements tessera.auth.v1.TeamService.RemoveTeamMember. */
export const removeTeamMember = ({ store }: Deps) =>
  command(TeamService.method.removeTeamMember, async ({ teamId, userId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const found = await lockTeam(tx, teamId, caller);
      const before = await readSubject(tx, teamId, userId);
      const subject = { ...before, userId, isCaller: userId === caller.userId };
      const { team } = removeMember(found, teamId, subject);
      await deleteMember(tx, team, userId, caller);
      return { name: `teams/${teamId}/members/${userId}`, revision: before.revision + 1n };
    });
  });
