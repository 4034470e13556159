import { type MemberFunction, MemberFunctionSchema } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { personNamed } from "../people/person-named.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Lets somebody into a team, or gives a member another function. */
export async function setTeamMember({ ask, form, params, person }: Visit): Promise<Done> {
  const teamId = Number(params.team_id);
  const userId = BigInt(params.user_id ?? "0");
  await ask(TeamService.method.setTeamMember, {
    requestId: form.text("_request_id"),
    teamId,
    userId,
    function: enumValue<MemberFunction>(MemberFunctionSchema, form.text("function")),
  });
  const isJoining = userId === person?.userId && !form.has("function");
  return { see: `/v1/teams/${teamId}`, notice: isJoining ? "teamJoined" : "settingsSaved" };
}

/** Adds the person whose name was typed. */
export async function addTeamMember(visit: Visit): Promise<Done> {
  const userId = await personNamed(visit, "user_id");
  await setTeamMember({ ...visit, params: { ...visit.params, user_id: String(userId) } });
  return { see: `/v1/teams/${visit.params.team_id}`, notice: "memberAdded" };
}
