import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { html } from "../html/html.ts";
import { personNamed } from "../people/person-named.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { TEAM_TEXTS } from "./texts.ts";

const DAY_SECONDS = 86_400;

/** Invites a person; or makes a link for its bearer, which is shown once. */
export async function createInvitation(visit: Visit): Promise<Done | Page> {
  const { ask, form, params, deps, language } = visit;
  const t = TEAM_TEXTS(language);
  const teamId = Number(params.team_id);
  const userId = form.optional("user_id") === undefined ? undefined : await personNamed(visit, "user_id");
  const days = form.number("lifetime");
  const { token } = await ask(InvitationService.method.createInvitation, {
    requestId: form.text("_request_id"),
    teamId,
    ...(userId !== undefined && { userId }),
    message: form.text("message"),
    ...(days !== undefined && { lifetime: { seconds: BigInt(Math.trunc(days * DAY_SECONDS) || 0) } }),
  });
  const team = `/v1/teams/${teamId}`;
  if (token === undefined) return { see: team, notice: "invitationMade" };
  const link = `${deps.publicUrl}/console/invitation?token=${token}`;
  const body = html`<h1>${t.linkTitle}</h1><p class="lead">${t.linkHelp}</p><p class="secret"><code>${link}</code></p><p><a class="button" href="${team}">${t.backToTeam}</a></p>`;
  return { title: t.linkTitle, body };
}
