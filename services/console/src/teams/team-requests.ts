import { type Invitation, InvitationState } from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import { InvitationService } from "@tessera/contracts/tessera/auth/v1/invitation_service_pb.ts";
import { type JoinRequest, JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import type { Team } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { field } from "../forms/field.ts";
import { type Command, form, refusalAt } from "../forms/form.ts";
import { ago, moment } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { type NameOf, namesOf } from "../people/names.ts";
import type { Visit } from "../visits/visit.ts";
import { TEAM_TEXTS } from "./texts.ts";

const SHOWN_MAX = 100;
const DAYS_MAX = 90;
const DAYS_DEFAULT = 14;

/** What waits for the managers of a team: requests to join, and open invitations. */
export async function managersPart(visit: Visit, { teamId }: Team): Promise<Content> {
  const { ask, language } = visit;
  const t = TEAM_TEXTS(language);
  const [{ joinRequests }, { invitations }] = await Promise.all([
    ask(JoinRequestService.method.listJoinRequests, {
      teamId,
      state: JoinRequestState.OPEN,
      pageSize: SHOWN_MAX,
    }),
    ask(InvitationService.method.listTeamInvitations, {
      teamId,
      state: InvitationState.OPEN,
      pageSize: SHOWN_MAX,
    }),
  ]);
  const nameOf = await namesOf(visit, [
    ...joinRequests.map(({ userId }) => userId),
    ...invitations.map(({ userId }) => userId),
  ]);
  const requests = joinRequests.map(
    (it) =>
      html`<li class="card"><h3>${nameOf(it.userId)}</h3><p>${ago(language, it.createTime, Date.now())}</p>${requestText(it)}${decisionForm(visit, it)}</li>`,
  );
  return html`<h2>${t.requests}</h2>${requests.length === 0 ? html`<p>${t.noRequests}</p>` : html`<ul class="cards">${requests}</ul>`}
<h2>${t.invitations}</h2>${invitationTable(visit, invitations, nameOf)}${inviteForm(visit, teamId)}`;
}

export function requestText({ message }: JoinRequest): Content {
  return message === "" ? "" : html`<p class="lines" dir="auto">${message}</p>`;
}

/** Accept or decline, with an answer to the person. */
export function decisionForm(visit: Visit, { teamId, joinRequestId }: JoinRequest): Content {
  const t = TEAM_TEXTS(visit.language);
  const action = `/v1/teams/${teamId}/join-requests/${joinRequestId}/decision`;
  const command: Command = { method: "PUT", action, label: t.requestOf(String(joinRequestId)) };
  return form(
    visit,
    command,
    field(visit, command, { name: "message", label: t.answer, rows: 2, maxLength: 1000 }),
    html`<p class="buttons"><button name="state" value="JOIN_REQUEST_STATE_ACCEPTED">${t.accept}</button> <button name="state" value="JOIN_REQUEST_STATE_DECLINED" class="danger">${t.decline}</button></p>`,
  );
}

function invitationTable(visit: Visit, invitations: readonly Invitation[], nameOf: NameOf): Content {
  const { language } = visit;
  const t = TEAM_TEXTS(language);
  if (invitations.length === 0) return html`<p>${t.noInvitations}</p>`;
  const rows = invitations.map(({ invitationId, userId, expireTime }) => {
    const withdraw: Command = {
      method: "DELETE",
      action: `/v1/invitations/${invitationId}`,
      submit: t.withdrawInvitation,
      quiet: true,
    };
    return html`<tr><th scope="row">${userId === undefined ? t.byLink : nameOf(userId)}</th><td>${moment(language, expireTime)}</td><td>${form(visit, withdraw)}</td></tr>`;
  });
  return html`<div class="table" tabindex="0" role="region" aria-label="${t.openInvitations}"><table><caption class="unseen">${t.openInvitations}</caption><thead><tr><th scope="col">${t.person}</th><th scope="col">${t.expires}</th><th scope="col">${t.withdrawInvitation}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function inviteForm(visit: Visit, teamId: number): Content {
  const t = TEAM_TEXTS(visit.language);
  const command: Command = { method: "POST", action: `/v1/teams/${teamId}/invitations`, submit: t.invite };
  const isOpen = refusalAt(visit, command) !== undefined;
  // What it answers may be a link that is shown once: it is a page of its own.
  return html`<details class="more"${attributes({ open: isOpen })}><summary>${t.invite}</summary>${form(
    visit,
    command,
    field(visit, command, { name: "user_id", label: t.invitePerson, help: t.addPersonHelp }),
    field(visit, command, { name: "message", label: t.inviteMessage, rows: 2, maxLength: 1000 }),
    field(visit, command, {
      name: "lifetime",
      label: t.inviteDays,
      type: "number",
      min: 1,
      max: DAYS_MAX,
      value: DAYS_DEFAULT,
    }),
  )}</details>`;
}
