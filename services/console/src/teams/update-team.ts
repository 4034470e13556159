import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { takesMine } from "../forms/both-versions.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { typedTeam } from "./team-fields.ts";

const PATHS = ["name", "description", "visibility", "join_method", "purposes"] as const;

/** Changes a team. */
export async function updateTeam({ ask, form, params }: Visit): Promise<Done> {
  const teamId = Number(params.team_id);
  const see = `/v1/teams/${teamId}`;
  const paths = PATHS.filter(
    (path) => (path !== "name" || form.has("team.name")) && takesMine(form, `team.${path}`),
  );
  // The reader chose what somebody else had saved, in every field.
  if (paths.length === 0) return { see };
  await ask(TeamService.method.updateTeam, {
    requestId: form.text("_request_id"),
    team: { ...typedTeam(form), teamId },
    updateMask: { paths },
    expectedRevision: form.bigint("_revision") ?? 0n,
  });
  return { see, notice: "settingsSaved" };
}
