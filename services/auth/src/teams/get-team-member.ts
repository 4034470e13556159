import type { MethodImpl } from "@connectrpc/connect";
import type { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { teamMemberNotFound, teamNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.TeamService.GetTeamMember. */
export function getTeamMember({ store }: Deps): MethodImpl<typeof TeamService.method.getTeamMember> {
  return async ({ teamId, userId }, context) => {
    const team = await store.teams.find(teamId, callerOf(context));
    if (team === undefined) throw teamNotFound(teamId);
    const member = await store.teamMembers.find(teamId, userId);
    if (member === undefined) throw teamMemberNotFound(teamId, userId);
    return { member };
  };
}
