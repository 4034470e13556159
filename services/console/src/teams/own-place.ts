import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { type JoinRequest, JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import type { Memberships } from "@tessera/contracts/tessera/auth/v1/membership_pb.ts";
import { JoinMethod, type Team, TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { field } from "../forms/field.ts";
import { type Command, form } from "../forms/form.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { rightsIn } from "./own-rights.ts";
import { TEAM_TEXTS } from "./texts.ts";

/** What the reader is in a team, and how they join or leave it. */
export async function ownPlace(visit: Visit, team: Team, own: Memberships | undefined): Promise<Content> {
  const { person, language } = visit;
  const t = TEAM_TEXTS(language);
  if (person === undefined) return "";
  const place = rightsIn(visit, own, team).function;
  const member = `/v1/teams/${team.teamId}/members/${person.userId}`;
  const section = (content: Content) =>
    html`<section class="place"><h2>${t.yourPlace}</h2>${content}</section>`;
  if (place !== undefined) {
    const leave: Command = { method: "DELETE", action: member, part: "leave", submit: t.leave, danger: true };
    return section(html`<p>${t.youAre[place as 1]}</p>${form(visit, leave)}`);
  }
  if (team.visibility === TeamVisibility.PRIVATE) return section(html`<p>${t.byInvitation}</p>`);
  if (team.joinMethod === JoinMethod.OPEN)
    return section(form(visit, { method: "PUT", action: member, part: "join", submit: t.join }));
  if (team.joinMethod === JoinMethod.BY_REQUEST) return section(await requestPart(visit, team));
  return section(html`<p>${t.byInvitation}</p>`);
}

async function requestPart(visit: Visit, { teamId }: Team): Promise<Content> {
  const t = TEAM_TEXTS(visit.language);
  const action = `/v1/teams/${teamId}/join-requests`;
  const own = await ownRequest(visit, teamId);
  if (own !== undefined) {
    const withdraw: Command = {
      method: "DELETE",
      action: `${action}/${own.joinRequestId}`,
      submit: t.withdraw,
      danger: true,
    };
    return html`<p><a href="${action}/${own.joinRequestId}">${t.asked}</a></p>${form(visit, withdraw)}`;
  }
  const command: Command = { method: "POST", action, submit: t.ask };
  return form(
    visit,
    command,
    field(visit, command, { name: "message", label: t.askMessage, rows: 3, maxLength: 1000 }),
  );
}

/** The person's open request to join a team. Only its managers can list requests: the person's last one is in their events. */
async function ownRequest({ ask, person }: Visit, teamId: number): Promise<JoinRequest | undefined> {
  const { events } = await ask(AuthEventService.method.listAuthEvents, {
    teamId,
    actorUserId: person?.userId ?? 0n,
    kind: AuthEventKind.JOIN_REQUEST_MADE,
    pageSize: 1,
  });
  const id = events[0]?.details.join_request_id ?? "";
  if (!/^\d+$/.test(id)) return undefined;
  const { joinRequest } = await ask(JoinRequestService.method.getJoinRequest, {
    teamId,
    joinRequestId: BigInt(id),
  });
  return joinRequest?.state === JoinRequestState.OPEN ? joinRequest : undefined;
}
