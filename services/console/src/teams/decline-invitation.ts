import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Declines an invitation that names the person. */
export async function declineInvitation({ ask, form, params }: Visit): Promise<Done> {
  const invitationId = BigInt(params.invitation_id ?? "0");
  await ask(InvitationService.method.declineInvitation, {
    requestId: form.text("_request_id"),
    invitationId,
  });
  return { see: "/v1/invitations", notice: "invitationDeclined" };
}
