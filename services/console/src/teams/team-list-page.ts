import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import {
  type Team,
  type TeamPurpose,
  TeamPurposeSchema,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";

import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { enumChoices } from "../people/choices.ts";
import { finder, selectOf } from "../people/finder.ts";
import { organisationNames } from "../projects/organisation-names.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { newTeamPart } from "./new-team.ts";
import { TEAM_TEXTS } from "./texts.ts";

const PAGE_SIZE = 24;
const BATCH_MAX = 100;

/** The teams that the reader may see, with the filters of the contract; or those with the ids that the address names. */
export async function showTeams(visit: Visit): Promise<Page> {
  const { ask, language, query } = visit;
  const t = TEAM_TEXTS(language);
  const [{ teams, nextPageToken }, { organisations }, create] = await Promise.all([
    readTeams(visit),
    ask(OrganisationService.method.listOrganisations, { pageSize: BATCH_MAX }),
    newTeamPart(visit),
  ]);
  const nameOf = await organisationNames(
    visit,
    teams.map(({ organisationId }) => organisationId),
  );
  const cards = teams.map((it) => card(visit, it, nameOf(it.organisationId)));
  const results = () =>
    html`<section id="results" aria-live="polite">${teams.length === 0 ? html`<p>${t.none}</p>` : html`<ul class="cards">${cards}</ul>`}${pager(visit, nextPageToken)}</section>`;
  const options = organisations.map(({ organisationId, name }) => [String(organisationId), name] as const);
  const filters = html`<input type="search" name="query" value="${query.get("query") ?? ""}" aria-label="${t.name}" maxlength="100" dir="auto">
${selectOf(visit, "organisation_id", t.organisation, [["", t.anyOrganisation], ...options])}
${selectOf(visit, "purpose", t.purpose, [["", t.anyPurpose], ...enumChoices(TeamPurposeSchema, t.purposes)])}`;
  const search = finder({ action: "/v1/teams", label: t.searchLabel, submit: t.search }, filters);
  return {
    title: t.title,
    body: html`<h1>${t.title}</h1>${search}${results()}${create}`,
    parts: { results },
  };
}

async function readTeams({ ask, query }: Visit): Promise<{ teams: Team[]; nextPageToken: string }> {
  const ids = query.getAll("team_ids").filter((it) => /^[1-9]\d{0,8}$/.test(it));
  if (ids.length > 0) {
    const teamIds = [...new Set(ids)].slice(0, BATCH_MAX).map(Number);
    return { teams: (await ask(TeamService.method.batchGetTeams, { teamIds })).teams, nextPageToken: "" };
  }
  const organisationId = Number(query.get("organisation_id") || 0);
  return ask(TeamService.method.listTeams, {
    query: query.get("query") ?? "",
    ...(Number.isInteger(organisationId) && organisationId > 0 && { organisationId }),
    purpose: enumValue<TeamPurpose>(TeamPurposeSchema, query.get("purpose") ?? ""),
    pageSize: PAGE_SIZE,
    pageToken: query.get("page_token") ?? "",
  });
}

function card({ language }: Visit, team: Team, organisation: string) {
  const t = TEAM_TEXTS(language);
  const purposes = team.purposes.map((it) => t.purposes[it as 1]).join(", ");
  return html`<li class="card"><h2><a href="/v1/teams/${team.teamId}" dir="auto">${team.name}</a></h2>
<p><a href="/v1/organisations/${team.organisationId}" dir="auto">${organisation}</a></p>
<p>${t.memberCount(team.memberCount)} · ${t.joinMethods[team.joinMethod as 1]}${purposes === "" ? "" : html` · ${purposes}`}</p></li>`;
}
