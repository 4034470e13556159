import type { MethodImpl } from "@connectrpc/connect";
import {
  ListTeamsRequestSchema,
  type TeamService,
} from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { int32In, pageOf, pageSizeOf } from "../page.ts";

/** Implements tessera.auth.v1.TeamService.ListTeams. */
export function listTeams({ store }: Deps): MethodImpl<typeof TeamService.method.listTeams> {
  return async (request, context) => {
    const after = int32In(readPageToken(ListTeamsRequestSchema, request) ?? "0");
    const most = pageSizeOf(request) + 1;
    const found = await store.teams.list(callerOf(context), request, { after, most });
    const { page: teams, nextPageToken } = pageOf(ListTeamsRequestSchema, request, found, (it) => it.teamId);
    return { teams, nextPageToken };
  };
}
