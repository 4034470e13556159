import type { MethodImpl } from "@connectrpc/connect";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { lockCandidate } from "../users/store.ts";
import { insertMember, readSubject, updateMember } from "./member-store.ts";
import { lockTeam } from "./store.ts";
import { setMember } from "./team-member.ts";

/** Implements tessera.auth.v1.TeamService.SetTeamMember. */
export function setTeamMember({ store }: Deps): MethodImpl<typeof TeamService.method.setTeamMember> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: TeamService.method.setTeamMember,
      request,
      context,
      work: async (tx, now) => {
        const { teamId, userId } = request;
        const candidate = await lockCandidate(tx, userId);
        const found = await lockTeam(tx, teamId, caller);
        const before = await readSubject(tx, teamId, userId);
        const subject = { ...before, ...candidate, isCaller: userId === caller.userId };
        const { team, becomes } = setMember(found, teamId, subject, request.function);
        const created = before.function === MemberFunction.UNSPECIFIED;
        const member = { userId, function: becomes };
        let { revision } = before;
        if (created) {
          await insertMember(tx, team, member, caller, now);
          revision = 1n;
        } else if (becomes !== before.function) revision = await updateMember(tx, team, member, caller);
        return { name: `teams/${teamId}/members/${userId}`, revision, response: { created } };
      },
    });
  };
}
