import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Takes somebody out of a team; for oneself, leaves it. */
export async function removeTeamMember({ ask, form, params, person }: Visit): Promise<Done> {
  const teamId = Number(params.team_id);
  const userId = BigInt(params.user_id ?? "0");
  await ask(TeamService.method.removeTeamMember, { requestId: form.text("_request_id"), teamId, userId });
  const isLeaving = userId === person?.userId;
  return {
    see: isLeaving ? "/v1/teams" : `/v1/teams/${teamId}`,
    notice: isLeaving ? "teamLeft" : "memberRemoved",
  };
}
