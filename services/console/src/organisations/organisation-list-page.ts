import type { Organisation } from "@tessera/contracts/tessera/auth/v1/organisation_pb.ts";
import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { form, refusalAt } from "../forms/form.ts";
import { textFields } from "../forms/text-fields.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { finder } from "../people/finder.ts";
import type { Page } from "../visits/page.ts";
import { pageSizeOf } from "../visits/page-size.ts";
import type { Visit } from "../visits/visit.ts";
import { organisationFields } from "./organisation-fields.ts";
import { ORGANISATION_TEXTS } from "./texts.ts";

const PAGE_SIZE = 24;
const QUERY_MAX = 100;

/** The organisations by name, with a search; for administrators the form of a new one. */
export async function showOrganisations(visit: Visit): Promise<Page> {
  const { language, person, query } = visit;
  const t = ORGANISATION_TEXTS(language);
  const { organisations, nextPageToken } = await readOrganisations(visit);
  const results = () =>
    html`<section id="results" aria-live="polite">${organisations.length === 0 ? html`<p>${t.none}</p>` : html`<ul class="cards">${organisations.map((it) => card(it))}</ul>`}${pager(visit, nextPageToken)}</section>`;
  const search = finder(
    { action: "/v1/organisations", label: t.searchLabel, submit: t.search },
    html`<input type="search" name="query" value="${query.get("query") ?? ""}" aria-label="${t.name}" maxlength="${QUERY_MAX}" dir="auto">`,
  );
  const body = html`<h1>${t.title}</h1><p class="lead">${t.lead}</p>${search}${results()}${person?.isAdministrator ? createPart(visit) : ""}`;
  return { title: t.title, body, parts: { results } };
}

async function readOrganisations({ ask, query }: Visit) {
  const ids = query.getAll("organisation_ids").filter((it) => /^[1-9]\d{0,8}$/.test(it));
  if (ids.length > 0) {
    const found = await ask(OrganisationService.method.batchGetOrganisations, {
      organisationIds: [...new Set(ids)].map(Number),
    });
    return { organisations: found.organisations, nextPageToken: "" };
  }
  return ask(OrganisationService.method.listOrganisations, {
    query: query.get("query") ?? "",
    pageSize: pageSizeOf(query, PAGE_SIZE),
    pageToken: query.get("page_token") ?? "",
  });
}

function card({ organisationId, name, description, url }: Organisation): Content {
  const host = url === undefined ? undefined : URL.parse(url)?.host;
  return html`<li class="card"><h2><a href="/v1/organisations/${organisationId}" dir="auto">${name}</a></h2><p class="short" dir="auto">${description}</p>${host === undefined ? "" : html`<p class="soft">${host}</p>`}</li>`;
}

function createPart(visit: Visit): Content {
  const t = ORGANISATION_TEXTS(visit.language);
  const create = { method: "POST", action: "/v1/organisations", submit: t.create } as const;
  const isOpen = refusalAt(visit, create) !== undefined;
  const fields = textFields(visit, create, {
    at: "organisation",
    fields: organisationFields(visit.language),
  });
  return html`<details class="more"${attributes({ open: isOpen })}><summary>${t.create}</summary>${form(visit, create, fields)}</details>`;
}
