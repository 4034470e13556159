import {
  type ListProjectsResponse,
  ProjectService,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { projectCards } from "./project-card.ts";
import { PROJECT_TEXTS } from "./texts.ts";

const PAGE_SIZE = 24;

/** Reads the projects that the address of the page asks for. */
export function readProjects({ ask, query }: Visit): Promise<ListProjectsResponse> {
  const request = {
    pageSize: PAGE_SIZE,
    pageToken: query.get("page_token") ?? "",
    query: query.get("query") ?? "",
  };
  return ask(ProjectService.method.listProjects, request);
}

/** Projects, by search. */
export async function showProjects(visit: Visit): Promise<Page> {
  const { query, language } = visit;
  const t = PROJECT_TEXTS(language);
  const { projects, nextPageToken } = await readProjects(visit);
  const results = () =>
    html`<section id="results" aria-live="polite">${projectCards(visit, projects)}${pager(visit, nextPageToken)}</section>`;
  const body = html`<h1>${t.title}</h1>
<form method="get" role="search" class="search" hx-target="#results" hx-swap="outerMorph" hx-push-url="true"><label for="query">${t.search}</label>
<input id="query" name="query" type="search" value="${query.get("query")}" dir="auto" maxlength="500"> <button>${t.find}</button></form>
${results()}`;
  return { title: t.title, body, parts: { results } };
}
