import type { MethodImpl } from "@connectrpc/connect";
import type { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.auth.v1.TeamService.BatchGetTeams. */
export function batchGetTeams({ store }: Deps): MethodImpl<typeof TeamService.method.batchGetTeams> {
  return async ({ teamIds }, context) => {
    const teams = await store.teams.findMany(teamIds, callerOf(context));
    const found = new Set(teams.map(({ teamId }) => teamId));
    return { teams, missingTeamIds: teamIds.filter((teamId) => !found.has(teamId)) };
  };
}
