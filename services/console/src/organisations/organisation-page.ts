import type { Organisation } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectOrder } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { checkBox } from "../forms/field.ts";
import { type Command, form, refusalAt } from "../forms/form.ts";
import { textForm } from "../forms/text-fields.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import { projectCards } from "../projects/project-card.ts";
import { ownMemberships } from "../teams/own-rights.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { managersPart } from "./managers-part.ts";
import { organisationFields } from "./organisation-fields.ts";
import { ORGANISATION_TEXTS } from "./texts.ts";

const SHOWN_PROJECTS = 6;
const SHOWN_TEAMS = 20;

/** One organisation: what it is, its projects, teams and managers, and what its managers change. */
export async function showOrganisation(visit: Visit): Promise<Page> {
  const { ask, language, params, person } = visit;
  const t = ORGANISATION_TEXTS(language);
  const organisationId = Number(params.organisation_id);
  const [{ organisation }, own] = await Promise.all([
    ask(OrganisationService.method.getOrganisation, { organisationId }),
    ownMemberships(visit),
  ]);
  if (organisation === undefined) throw new Error("an organisation without a document");
  const manages =
    person?.isAdministrator === true || (own?.managedOrganisationIds.includes(organisationId) ?? false);
  const [projects, teams, managers] = await Promise.all([
    projectsPart(visit, organisationId, manages),
    teamsPart(visit, organisationId),
    managersPart(visit, organisationId, manages),
  ]);
  const { name, description, url } = organisation;
  // The contract lets http and https alone pass; an address that came another way is no link.
  const site =
    url !== undefined && /^https?:\/\//i.test(url)
      ? html`<p><a href="${url}" rel="noopener nofollow ugc">${url}</a></p>`
      : "";
  const body = html`<h1 dir="auto">${name}</h1>${site}${description === "" ? "" : markdown(description)}${projects}${teams}${managers}${manages ? changePart(visit, organisation) : ""}`;
  return { title: name, body, trail: [{ href: "/v1/organisations", name: t.title }] };
}

async function projectsPart(visit: Visit, organisationId: number, manages: boolean): Promise<Content> {
  const { ask, language, readerLanguages } = visit;
  const t = ORGANISATION_TEXTS(language);
  const { projects } = await ask(ProjectService.method.listProjects, {
    organisationIds: [organisationId],
    orderBy: ProjectOrder.PRIORITY,
    pageSize: SHOWN_PROJECTS,
    languages: [...readerLanguages],
  });
  const create = manages ? html` <a class="button" href="/console/new-project">${t.newProject}</a>` : "";
  const all =
    projects.length === 0
      ? html`<p>${t.noProjects}</p>`
      : html`${projectCards(visit, projects, { level: 3 })}`;
  return html`<section><h2>${t.projects}</h2>${all}<p class="ways">${projects.length === 0 ? "" : html`<a href="/v1/projects?organisation_ids=${organisationId}">${t.allProjects}</a>`}${create}</p></section>`;
}

async function teamsPart({ ask, language }: Visit, organisationId: number): Promise<Content> {
  const t = ORGANISATION_TEXTS(language);
  const { teams } = await ask(TeamService.method.listTeams, { organisationId, pageSize: SHOWN_TEAMS });
  const items = teams.map(
    ({ teamId, name }) => html`<li><a href="/v1/teams/${teamId}" dir="auto">${name}</a></li>`,
  );
  return html`<section><h2>${t.teams}</h2>${items.length === 0 ? html`<p>${t.noTeams}</p>` : html`<ul>${items}</ul>`}<p><a href="/v1/teams?organisation_id=${organisationId}">${t.allTeams}</a></p></section>`;
}

function changePart(visit: Visit, organisation: Organisation): Content {
  const t = ORGANISATION_TEXTS(visit.language);
  const action = `/v1/organisations/${organisation.organisationId}`;
  const change: Command = { method: "PATCH", action, submit: t.save, revision: organisation.revision };
  const remove: Command = { method: "DELETE", action, submit: t.delete, danger: true };
  const isOpen = [change, remove].some((it) => refusalAt(visit, it) !== undefined);
  const { name, slug, description, url, logoUrl } = organisation;
  const now = { name, slug, description, url, logo_url: logoUrl };
  const fields = organisationFields(visit.language);
  return html`<details class="more"${attributes({ open: isOpen })}><summary>${t.edit}</summary>${textForm(visit, change, { at: "organisation", fields, now })}
<h2>${t.delete}</h2><p>${t.deleteHelp}</p>${form(visit, remove, checkBox(visit, remove, { name: "confirmed", label: t.deleteConfirm, isOn: false }))}</details>`;
}
