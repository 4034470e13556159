import {
  type JoinRequestState,
  JoinRequestStateSchema,
} from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Accepts or declines a request to join, with an answer to the person. */
export async function decideJoinRequest({ ask, form, params }: Visit): Promise<Done> {
  const teamId = Number(params.team_id);
  await ask(JoinRequestService.method.decideJoinRequest, {
    requestId: form.text("_request_id"),
    teamId,
    joinRequestId: BigInt(params.join_request_id ?? "0"),
    state: enumValue<JoinRequestState>(JoinRequestStateSchema, form.text("state")),
    message: form.text("message"),
  });
  return { see: `/v1/teams/${teamId}`, notice: "joinRequestDecided" };
}
