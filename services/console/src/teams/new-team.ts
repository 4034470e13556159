import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { field } from "../forms/field.ts";
import { form, refusalAt } from "../forms/form.ts";
import { attributes, type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { ownMemberships } from "./own-rights.ts";
import { teamFields } from "./team-fields.ts";
import { TEAM_TEXTS } from "./texts.ts";

const ORGANISATIONS_MAX = 100;

/** The form of a new team, for those who manage an organisation. */
export async function newTeamPart(visit: Visit): Promise<Content> {
  const { language, query } = visit;
  const t = TEAM_TEXTS(language);
  const organisations = await managedOrganisations(visit);
  if (organisations.length === 0) return "";
  const command = { method: "POST", action: "/v1/teams", submit: t.create } as const;
  const organisation = field(visit, command, {
    name: "team.organisation_id",
    label: t.organisation,
    value: query.get("organisation_id") ?? "",
    options: organisations.map(({ organisationId, name }) => [String(organisationId), name] as const),
  });
  const isOpen = refusalAt(visit, command) !== undefined;
  return html`<details class="more"${attributes({ open: isOpen })}><summary>${t.create}</summary>${form(visit, command, organisation, teamFields(visit, command, undefined, true))}</details>`;
}

async function managedOrganisations(visit: Visit) {
  const { ask, person } = visit;
  if (person === undefined) return [];
  if (person.isAdministrator)
    return (await ask(OrganisationService.method.listOrganisations, { pageSize: ORGANISATIONS_MAX }))
      .organisations;
  const own = await ownMemberships(visit);
  const organisationIds = (own?.managedOrganisationIds ?? []).slice(0, ORGANISATIONS_MAX);
  if (organisationIds.length === 0) return [];
  return (await ask(OrganisationService.method.batchGetOrganisations, { organisationIds })).organisations;
}
