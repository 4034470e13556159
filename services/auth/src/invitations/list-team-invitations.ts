import type { MethodImpl } from "@connectrpc/connect";
import {
  type InvitationService,
  ListTeamInvitationsRequestSchema,
} from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { pageOf, pageSizeOf } from "../page.ts";
import { numberIn } from "../page-key.ts";
import { managed } from "../teams/team.ts";

/** Implements tessera.auth.v1.InvitationService.ListTeamInvitations. */
export function listTeamInvitations({
  store,
}: Deps): MethodImpl<typeof InvitationService.method.listTeamInvitations> {
  return async (request, context) => {
    const { teamId } = request;
    const after = numberIn(readPageToken(ListTeamInvitationsRequestSchema, request) ?? "0");
    managed(await store.teams.findWithStanding(teamId, callerOf(context)), teamId);
    const most = pageSizeOf(request) + 1;
    const found = await store.invitations.list({ teamId }, request, { after, most });
    const { page: invitations, nextPageToken } = pageOf(
      ListTeamInvitationsRequestSchema,
      request,
      found,
      (it) => it.invitationId,
    );
    return { invitations, nextPageToken };
  };
}
