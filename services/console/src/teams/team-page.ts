import type { Memberships } from "@tessera/contracts/tessera/auth/v1/membership_pb.ts";
import {
  MemberFunctionSchema,
  type Team,
  type TeamMember,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { checkBox, field } from "../forms/field.ts";
import { type Command, form, refusalAt } from "../forms/form.ts";
import { day, number } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import { pager } from "../html/pager.ts";
import { enumChoices, enumName } from "../people/choices.ts";
import { type Names, readNames } from "../people/names.ts";
import { organisationNames } from "../projects/organisation-names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ownPlace } from "./own-place.ts";
import { ownMemberships, rightsIn } from "./own-rights.ts";
import { teamForm } from "./team-form.ts";
import { managersPart } from "./team-requests.ts";
import { TEAM_TEXTS } from "./texts.ts";

const MEMBERS_PAGE_SIZE = 50;

/** A team: what it does, who is in it, how to join, and what its managers decide. */
export async function showTeam(visit: Visit): Promise<Page> {
  const { ask, language, params } = visit;
  const t = TEAM_TEXTS(language);
  const [{ team }, own] = await Promise.all([
    ask(TeamService.method.getTeam, { teamId: Number(params.team_id) }),
    ownMemberships(visit),
  ]);
  if (team === undefined) throw new Error("a team without a document");
  const { isManager } = rightsIn(visit, own, team);
  const [organisationOf, members, place, decisions] = await Promise.all([
    organisationNames(visit, [team.organisationId]),
    membersPart(visit, team, own),
    ownPlace(visit, team, own),
    isManager ? managersPart(visit, team) : "",
  ]);
  const purposes = team.purposes.map((it) => t.purposes[it as 1]).join(", ");
  const body = html`<h1 dir="auto">${team.name}</h1>
${team.description === "" ? "" : markdown(team.description)}
<dl class="facts"><div><dt>${t.organisation}</dt><dd><a href="/v1/organisations/${team.organisationId}" dir="auto">${organisationOf(team.organisationId)}</a></dd></div>
<div><dt>${t.joinMethod}</dt><dd>${t.joinMethods[team.joinMethod as 1]}</dd></div>
<div><dt>${t.visibility}</dt><dd>${t.visibilities[team.visibility as 1]}</dd></div>
${purposes === "" ? "" : html`<div><dt>${t.purpose}</dt><dd>${purposes}</dd></div>`}
<div><dt>${t.members}</dt><dd>${number(language, team.memberCount)}</dd></div></dl>
${place}${decisions}${members}
<p><a href="/v1/projects?team_ids=${team.teamId}">${t.projects}</a></p>${changePart(visit, team, own)}`;
  return { title: team.name, body, trail: [{ href: "/v1/teams", name: t.title }] };
}

async function membersPart(visit: Visit, team: Team, own: Memberships | undefined): Promise<Content> {
  const { ask, language, person, query } = visit;
  const t = TEAM_TEXTS(language);
  if (person === undefined) return html`<h2>${t.members}</h2><p>${t.signInForMembers}</p>`;
  const { members, nextPageToken } = await ask(TeamService.method.listTeamMembers, {
    teamId: team.teamId,
    pageSize: MEMBERS_PAGE_SIZE,
    pageToken: query.get("page_token") ?? "",
  });
  const names = await readNames(
    visit,
    members.map(({ userId }) => userId),
  );
  const { isManager } = rightsIn(visit, own, team);
  const rows = members.map((it) => memberRow(visit, it, names, isManager));
  const add: Command = { method: "POST", action: `/v1/teams/${team.teamId}/members`, submit: t.add };
  const adding = isManager
    ? html`<h3>${t.addPerson}</h3>${form(visit, add, field(visit, add, { name: "user_id", label: t.person, help: t.addPersonHelp, required: true }))}`
    : "";
  return html`<h2>${t.members}</h2><div class="table" tabindex="0" role="region" aria-label="${t.members}"><table><caption class="unseen">${t.membersOf(team.name)}</caption><thead><tr><th scope="col">${t.person}</th><th scope="col">${t.function}</th><th scope="col">${t.since}</th>${isManager ? html`<th scope="col">${t.remove}</th>` : ""}</tr></thead><tbody>${rows}</tbody></table></div>${pager(visit, nextPageToken)}${adding}`;
}

function memberRow(visit: Visit, member: TeamMember, names: Names, isManager: boolean): Content {
  const t = TEAM_TEXTS(visit.language);
  const { teamId, userId } = member;
  const action = `/v1/teams/${teamId}/members/${userId}`;
  const about = names.textOf(userId);
  const set: Command = { method: "PUT", action, submit: t.setFunction, about };
  const remove: Command = { method: "DELETE", action, submit: t.remove, about, quiet: true };
  const choice = isManager
    ? form(
        visit,
        { ...set, more: html` class="inline"` },
        html`<select name="function" aria-label="${t.functionOf(about)}">${enumChoices(MemberFunctionSchema, t.functions).map(([value, name]) => html`<option value="${value}"${attributes({ selected: value === enumName(MemberFunctionSchema, member.function) })}>${name}</option>`)}</select>`,
      )
    : t.functions[member.function as 1];
  return html`<tr><th scope="row">${names.nameOf(userId)}</th><td>${choice}</td><td>${day(visit.language, member.createTime)}</td>${isManager ? html`<td>${form(visit, remove)}</td>` : ""}</tr>`;
}

/** What changes or deletes the team, for who may. */
function changePart(visit: Visit, team: Team, own: Memberships | undefined): Content {
  const t = TEAM_TEXTS(visit.language);
  const { isManager, isOrganisationManager } = rightsIn(visit, own, team);
  if (!isManager) return "";
  const action = `/v1/teams/${team.teamId}`;
  const change: Command = { method: "PATCH", action, submit: t.save, revision: team.revision };
  const remove: Command = { method: "DELETE", action, submit: t.delete, danger: true };
  const isOpen = refusalAt(visit, change) !== undefined || refusalAt(visit, remove) !== undefined;
  const deletion = isOrganisationManager
    ? html`<h3>${t.delete}</h3><p>${t.deleteHelp}</p>${form(visit, remove, checkBox(visit, remove, { name: "confirmed", label: t.deleteConfirm, isOn: false }))}`
    : "";
  return html`<details class="more"${attributes({ open: isOpen })}><summary>${t.edit}</summary>${teamForm(visit, change, team, isOrganisationManager)}${deletion}</details>`;
}
