import type { MethodImpl } from "@connectrpc/connect";
import {
  type InvitationService,
  ListInvitationsRequestSchema,
} from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { pageOf, pageSizeOf } from "../page.ts";
import { numberIn } from "../page-key.ts";

/** Implements tessera.auth.v1.InvitationService.ListInvitations. */
export function listInvitations({
  store,
}: Deps): MethodImpl<typeof InvitationService.method.listInvitations> {
  return async (request, context) => {
    const after = numberIn(readPageToken(ListInvitationsRequestSchema, request) ?? "0");
    const most = pageSizeOf(request) + 1;
    const found = await store.invitations.list({ userId: callerOf(context).userId }, request, {
      after,
      most,
    });
    const { page: invitations, nextPageToken } = pageOf(
      ListInvitationsRequestSchema,
      request,
      found,
      (it) => it.invitationId,
    );
    return { invitations, nextPageToken };
  };
}
