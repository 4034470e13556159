import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Withdraws the person's own request to join. */
export async function withdrawJoinRequest({ ask, form, params }: Visit): Promise<Done> {
  const teamId = Number(params.team_id);
  const joinRequestId = BigInt(params.join_request_id ?? "0");
  await ask(JoinRequestService.method.withdrawJoinRequest, {
    requestId: form.text("_request_id"),
    teamId,
    joinRequestId,
  });
  return { see: `/v1/teams/${teamId}`, notice: "joinRequestWithdrawn" };
}
