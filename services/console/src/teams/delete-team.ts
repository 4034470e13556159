import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { TEAM_TEXTS } from "./texts.ts";

/** Deletes a team, once that is confirmed. */
export async function deleteTeam({ ask, form, params, language }: Visit): Promise<Done> {
  if (!form.isOn("confirmed")) throw fieldRefusal("confirmed", TEAM_TEXTS(language).deleteUnconfirmed);
  const teamId = Number(params.team_id);
  await ask(TeamService.method.deleteTeam, { requestId: form.text("_request_id"), teamId });
  return { see: "/v1/teams", notice: "teamDeleted" };
}
