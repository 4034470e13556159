import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Withdraws an invitation, for the managers of its team. */
export async function withdrawInvitation({ ask, form, params }: Visit): Promise<Done> {
  const invitationId = BigInt(params.invitation_id ?? "0");
  await ask(InvitationService.method.withdrawInvitation, {
    requestId: form.text("_request_id"),
    invitationId,
  });
  const { invitation } = await ask(InvitationService.method.getInvitation, { invitationId });
  return { see: `/v1/teams/${invitation?.teamId}`, notice: "invitationWithdrawn" };
}
