import type { MethodImpl } from "@connectrpc/connect";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { deleteMember, readSubject } from "./member-store.ts";
import { lockTeam } from "./store.ts";
import { removeMember } from "./team-member.ts";

/** Implements tessera.auth.v1.TeamService.RemoveTeamMember. */
export function removeTeamMember({ store }: Deps): MethodImpl<typeof TeamService.method.removeTeamMember> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: TeamService.method.removeTeamMember,
      request,
      context,
      work: async (tx) => {
        const { teamId, userId } = request;
        const found = await lockTeam(tx, teamId, caller);
        const before = await readSubject(tx, teamId, userId);
        const subject = { ...before, userId, isCaller: userId === caller.userId };
        await deleteMember(tx, removeMember(found, teamId, subject).team, userId, caller);
        return { name: `teams/${teamId}/members/${userId}`, revision: before.revision + 1n };
      },
    });
  };
}
