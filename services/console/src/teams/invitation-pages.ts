import { type Invitation, InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { type Command, form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { type NameOf, namesOf } from "../people/names.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { TEAM_TEXTS } from "./texts.ts";

/** The invitations that name the person. */
export async function showInvitations(visit: Visit): Promise<Page> {
  const { ask, language, query } = visit;
  const t = TEAM_TEXTS(language);
  const { invitations, nextPageToken } = await ask(InvitationService.method.listInvitations, {
    pageToken: query.get("page_token") ?? "",
  });
  const nameOf = await namesOf(visit, peopleIn(invitations));
  const items = invitations.map(
    (it) =>
      html`<li class="card"><h2><a href="/v1/invitations/${it.invitationId}">${t.invitationTo(it.teamName)}</a></h2>${facts(visit, it, nameOf)}${answers(visit, it)}</li>`,
  );
  const list = items.length === 0 ? html`<p>${t.noneForMe}</p>` : html`<ul class="cards">${items}</ul>`;
  return {
    title: t.myInvitations,
    body: html`<h1>${t.myInvitations}</h1>${list}${pager(visit, nextPageToken)}`,
  };
}

/** One invitation, for the invited person and for the managers of the team. */
export async function showInvitation(visit: Visit): Promise<Page> {
  const { ask, language, params } = visit;
  const t = TEAM_TEXTS(language);
  const { invitation } = await ask(InvitationService.method.getInvitation, {
    invitationId: BigInt(params.invitation_id ?? "0"),
  });
  if (invitation === undefined) throw new Error("an invitation without a document");
  const nameOf = await namesOf(visit, peopleIn([invitation]));
  const title = t.invitationTo(invitation.teamName);
  return {
    title,
    body: html`<h1 dir="auto">${title}</h1>${facts(visit, invitation, nameOf)}${answers(visit, invitation)}`,
  };
}

/** The page that the link of an invitation leads to. */
export async function showInvitationLink(visit: Visit): Promise<Page | Done> {
  const { language, query, path, person, refused } = visit;
  const t = TEAM_TEXTS(language);
  const token = refused?.form.text("token") || (query.get("token") ?? "");
  if (person === undefined)
    return { see: `/console/sign-in?next=${encodeURIComponent(`${path}?token=${token}`)}` };
  const command = { method: "POST", action: "/v1/memberships", submit: t.accept } as const;
  const body = html`<h1>${t.acceptLink}</h1><p class="lead">${t.acceptLinkHelp}</p>${form(visit, command, html`<input type="hidden" name="token" value="${token}">`)}`;
  return { title: t.acceptLink, body };
}

/** The page of an invitation that could not be accepted: that of its link, or that of all. */
export function showRefusedAcceptance(visit: Visit): Promise<Page | Done> {
  return visit.refused?.form.optional("token") === undefined
    ? showInvitations(visit)
    : showInvitationLink(visit);
}

function peopleIn(invitations: readonly Invitation[]) {
  return invitations.flatMap(({ userId, invitedByUserId }) => [userId, invitedByUserId]);
}

function facts({ language }: Visit, it: Invitation, nameOf: NameOf): Content {
  const t = TEAM_TEXTS(language);
  return html`<dl class="facts"><div><dt>${t.invitedBy}</dt><dd>${nameOf(it.invitedByUserId)}</dd></div>
<div><dt>${t.state}</dt><dd>${t.states[it.state as 1]}</dd></div>
<div><dt>${t.expires}</dt><dd>${moment(language, it.expireTime)}</dd></div></dl>${it.message === "" ? "" : html`<p class="lines" dir="auto">${it.message}</p>`}`;
}

/** What the reader can answer: the invited person accepts or declines, a manager withdraws. */
function answers(visit: Visit, { invitationId, userId, state }: Invitation): Content {
  if (state !== InvitationState.OPEN) return "";
  const t = TEAM_TEXTS(visit.language);
  const path = `/v1/invitations/${invitationId}`;
  if (userId !== visit.person?.userId)
    return form(visit, { method: "DELETE", action: path, submit: t.withdrawInvitation, danger: true });
  const accept: Command = {
    method: "POST",
    action: "/v1/memberships",
    part: String(invitationId),
    submit: t.accept,
  };
  const decline: Command = { method: "PUT", action: `${path}/decline`, submit: t.decline, danger: true };
  return html`<div class="buttons">${form(visit, accept, html`<input type="hidden" name="invitation_id" value="${invitationId}">`)}${form(visit, decline)}</div>`;
}
