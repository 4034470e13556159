import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { typedTeam } from "./team-fields.ts";

/** Makes a team of an organisation. */
export async function createTeam({ ask, form }: Visit): Promise<Done> {
  const { acknowledgement } = await ask(TeamService.method.createTeam, {
    requestId: form.text("_request_id"),
    team: { ...typedTeam(form), organisationId: form.number("team.organisation_id") ?? 0 },
  });
  return { see: `/v1/${acknowledgement?.name}`, notice: "teamCreated" };
}
