import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { typedTeam } from "./team-fields.ts";

/** Changes a team. */
export async function updateTeam({ ask, form, params }: Visit): Promise<Done> {
  const teamId = Number(params.team_id);
  const names = form.has("team.name") ? ["name"] : [];
  await ask(TeamService.method.updateTeam, {
    requestId: form.text("_request_id"),
    team: { ...typedTeam(form), teamId },
    updateMask: { paths: [...names, "description", "visibility", "join_method", "purposes"] },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see: `/v1/teams/${teamId}`, notice: "settingsSaved" };
}
