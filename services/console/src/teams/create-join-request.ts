import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Asks to join a team. */
export async function createJoinRequest({ ask, form, params }: Visit): Promise<Done> {
  const teamId = Number(params.team_id);
  const { acknowledgement } = await ask(JoinRequestService.method.createJoinRequest, {
    requestId: form.text("_request_id"),
    teamId,
    message: form.text("message"),
  });
  return { see: `/v1/${acknowledgement?.name}`, notice: "joinRequested" };
}
