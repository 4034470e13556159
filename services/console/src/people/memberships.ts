import { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

/** The most teams and organisations of one person that are shown by name. */
const SHOWN_MAX = 100;

/** The teams that somebody is in, and the organisations that they manage, as far as the reader may see them. */
export async function membershipsPart(visit: Visit, userId: bigint): Promise<Content> {
  const { ask, language } = visit;
  const t = PEOPLE_TEXTS(language);
  const { memberships } = await ask(MembershipService.method.batchGetMemberships, { userIds: [userId] });
  const [own] = memberships;
  const teamIds = (own?.teams ?? []).map(({ teamId }) => teamId).slice(0, SHOWN_MAX);
  const organisationIds = (own?.managedOrganisationIds ?? []).slice(0, SHOWN_MAX);
  const [{ teams }, { organisations }] = await Promise.all([
    teamIds.length > 0 ? ask(TeamService.method.batchGetTeams, { teamIds }) : { teams: [] },
    organisationIds.length > 0
      ? ask(OrganisationService.method.batchGetOrganisations, { organisationIds })
      : { organisations: [] },
  ]);
  const managed = new Set(
    own?.teams.filter((it) => it.function === MemberFunction.MANAGER).map(({ teamId }) => teamId),
  );
  const teamItems = teams.map(
    ({ teamId, name }) =>
      html`<li><a href="/v1/teams/${teamId}" dir="auto">${name}</a>${managed.has(teamId) ? html` (${t.manager})` : ""}</li>`,
  );
  const organisationItems = organisations.map(
    ({ organisationId, name }) =>
      html`<li><a href="/v1/organisations/${organisationId}" dir="auto">${name}</a></li>`,
  );
  return html`<h2>${t.teams}</h2>${teamItems.length > 0 ? html`<ul>${teamItems}</ul>` : html`<p>${t.noTeams}</p>`}
${organisationItems.length > 0 ? html`<h2>${t.managedOrganisations}</h2><ul>${organisationItems}</ul>` : ""}`;
}
