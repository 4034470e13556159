import type { MethodImpl } from "@connectrpc/connect";
import {
  ListTeamMembersRequestSchema,
  type TeamService,
} from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { pageOf, pageSizeOf } from "../page.ts";
import { numberIn } from "../page-key.ts";
import { teamNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.TeamService.ListTeamMembers. */
export function listTeamMembers({ store }: Deps): MethodImpl<typeof TeamService.method.listTeamMembers> {
  return async (request, context) => {
    const { teamId } = request;
    const after = numberIn(readPageToken(ListTeamMembersRequestSchema, request) ?? "0");
    const team = await store.teams.find(teamId, callerOf(context));
    if (team === undefined) throw teamNotFound(teamId);
    const most = pageSizeOf(request) + 1;
    const found = await store.teamMembers.list(teamId, request, { after, most });
    const { page: members, nextPageToken } = pageOf(
      ListTeamMembersRequestSchema,
      request,
      found,
      (it) => it.userId,
    );
    return { members, nextPageToken };
  };
}
