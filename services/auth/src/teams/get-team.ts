import type { MethodImpl } from "@connectrpc/connect";
import type { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { teamNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.TeamService.GetTeam. */
export function getTeam({ store }: Deps): MethodImpl<typeof TeamService.method.getTeam> {
  return async ({ teamId }, context) => {
    const team = await store.teams.find(teamId, callerOf(context));
    if (team === undefined) throw teamNotFound(teamId);
    return { team };
  };
}
