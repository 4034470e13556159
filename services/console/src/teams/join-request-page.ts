import { JoinRequestState } from "@tessera/contracts/tessera/auth/v1/join_request_pb.ts";
import { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { decisionForm, requestText } from "./team-requests.ts";
import { TEAM_TEXTS } from "./texts.ts";

/** A request to join a team: for the person who made it, and for the managers, who decide. */
export async function showJoinRequest(visit: Visit): Promise<Page> {
  const { ask, language, params, person } = visit;
  const t = TEAM_TEXTS(language);
  const teamId = Number(params.team_id);
  const joinRequestId = BigInt(params.join_request_id ?? "0");
  const [{ joinRequest }, { team }] = await Promise.all([
    ask(JoinRequestService.method.getJoinRequest, { teamId, joinRequestId }),
    ask(TeamService.method.getTeam, { teamId }),
  ]);
  if (joinRequest === undefined) throw new Error("a join request without a document");
  const { userId, state, decidedByUserId, decisionMessage } = joinRequest;
  const nameOf = await namesOf(visit, [userId, decidedByUserId]);
  const action = `/v1/teams/${teamId}/join-requests/${joinRequestId}`;
  const isOpen = state === JoinRequestState.OPEN;
  const command = { method: "DELETE", action, submit: t.withdraw, danger: true } as const;
  const acts = userId === person?.userId ? form(visit, command) : decisionForm(visit, joinRequest);
  const decided =
    decidedByUserId === undefined
      ? ""
      : html`<div><dt>${t.decidedBy}</dt><dd>${nameOf(decidedByUserId)}</dd></div>`;
  const title = t.requestOf(String(joinRequestId));
  const body = html`<h1>${title}</h1><dl class="facts"><div><dt>${t.team}</dt><dd><a href="/v1/teams/${teamId}" dir="auto">${team?.name}</a></dd></div>
<div><dt>${t.person}</dt><dd>${nameOf(userId)}</dd></div><div><dt>${t.state}</dt><dd>${t.requestStates[state as 1]}</dd></div>
<div><dt>${t.since}</dt><dd>${moment(language, joinRequest.createTime)}</dd></div>${decided}</dl>
${requestText(joinRequest)}${decisionMessage ? html`<blockquote class="lines" dir="auto">${decisionMessage}</blockquote>` : ""}${isOpen ? acts : ""}`;
  return {
    title,
    body,
    trail: [
      { href: "/v1/teams", name: t.title },
      { href: `/v1/teams/${teamId}`, name: team?.name ?? "" },
    ],
  };
}
