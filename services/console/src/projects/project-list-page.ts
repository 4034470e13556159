import {
  type ListProjectsResponse,
  ProjectService,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { ProjectFacet } from "@tessera/contracts/tessera/project/v1/search_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { html } from "../html/html.ts";
import { projectsPicture } from "../maps/projects-picture.ts";
import type { Done, Page } from "../visits/page.ts";
import { pageSizeOf } from "../visits/page-size.ts";
import type { Visit } from "../visits/visit.ts";
import { organisationNames } from "./organisation-names.ts";
import { searchForm } from "./search-form.ts";
import { cleaned, listPath, searchRequest } from "./search-query.ts";
import { searchResults } from "./search-results.ts";
import { SEARCH_TEXTS } from "./search-texts.ts";

const PAGE_SIZE = 24;

/** Projects, by search. The address says all of it. */
export async function showProjects(visit: Visit): Promise<Page | Done> {
  const { query, language } = visit;
  const t = SEARCH_TEXTS(language);
  // Forms send their empty fields as well: the address that people see and share is without them.
  const clean = cleaned(query);
  if (clean !== undefined) return { see: listPath(clean) };
  const outcome = await readProjects(visit);
  const refusal = outcome instanceof Refusal ? outcome : undefined;
  const found = outcome instanceof Refusal ? undefined : outcome;
  const organisationOf = await organisationNames(visit, organisationsIn(visit, found));
  const search = () =>
    html`<div id="search">${refusal === undefined ? "" : refusalAlert(visit, otherThanFields(refusal))}${searchForm({ visit, refusal }, found, organisationOf)}
${found === undefined || found.projects.length === 0 ? "" : projectsPicture(visit, found.projects)}${found === undefined ? html`<p id="results" class="alert" role="alert">${t.faulty}</p>` : searchResults(visit, found, organisationOf)}</div>`;
  const create =
    visit.person === undefined
      ? ""
      : html`<p class="beside"><a class="button" href="/console/new-project">${t.newProject}</a></p>`;
  const body = html`<div class="headline"><h1>${t.title}</h1>${create}</div>${search()}`;
  const page: Page = { title: t.title, body, parts: { search }, scripts: ["search-form"] };
  return refusal === undefined ? page : { ...page, status: refusal.reason.httpStatus };
}

/** Reads the projects that the address asks for, or the refusal of a filter. */
async function readProjects({ ask, query, readerLanguages }: Visit): Promise<ListProjectsResponse | Refusal> {
  try {
    return await ask(ProjectService.method.listProjects, {
      ...searchRequest(query),
      pageSize: pageSizeOf(query, PAGE_SIZE),
      languages: [...readerLanguages],
    });
  } catch (error) {
    if (error instanceof Refusal && error.reason.httpStatus === 422) return error;
    throw error;
  }
}

/** The refusal, if its fields do not say it all. */
function otherThanFields(refusal: Refusal): Refusal | undefined {
  return refusal.violations.length > 0 ? undefined : refusal;
}

function organisationsIn({ query }: Visit, found: ListProjectsResponse | undefined): number[] {
  const chosen = query.getAll("organisation_ids").map(Number);
  const counted = (found?.facets ?? [])
    .filter(({ facet }) => facet === ProjectFacet.ORGANISATION)
    .flatMap(({ counts }) => counts.map(({ value }) => Number(value)));
  const shown = (found?.projects ?? []).flatMap((it) => it.organisationId ?? []);
  return [...chosen, ...shown, ...counted].filter((it) => Number.isInteger(it));
}
