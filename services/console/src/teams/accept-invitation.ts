import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Makes the person a member, by an invitation that names them or by the token of one that names nobody. */
export async function acceptInvitation({ ask, form }: Visit): Promise<Done> {
  const token = form.optional("token");
  const { acknowledgement } = await ask(InvitationService.method.acceptInvitation, {
    requestId: form.text("_request_id"),
    ...(token === undefined ? { invitationId: form.bigint("invitation_id") ?? 0n } : { token }),
  });
  const [, teamId = ""] = (acknowledgement?.name ?? "").split("/");
  return { see: `/v1/teams/${teamId}`, notice: "teamJoined" };
}
