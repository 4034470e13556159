import type { Contributor } from "@tessera/contracts/tessera/task/v1/contribution_pb.ts";
import { ContributionService } from "@tessera/contracts/tessera/task/v1/contribution_service_pb.ts";
import { ago, number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { type NameOf, namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { CONTRIBUTORS_TEXTS } from "./contributors-texts.ts";
import { dailyChart } from "./daily-chart.ts";
import { projectHead } from "./project-tabs.ts";

/** As many people as names are read at once. */
const PAGE_SIZE = 100;
const DAYS_READ_MAX = 1_000;

/** The people who worked in a project, or one of them (`?user_id=42`), and what was handed in by day. */
export async function showContributors(visit: Visit): Promise<Page> {
  const { ask, params, query, language } = visit;
  const t = CONTRIBUTORS_TEXTS(language);
  const projectId = Number(params.project_id);
  const asked = query.get("user_id") ?? "";
  const one = /^[1-9]\d{0,17}$/.test(asked) ? { userId: BigInt(asked) } : {};
  const [head, { contributors, nextPageToken }, { contributions }] = await Promise.all([
    projectHead(visit, projectId),
    ask(ContributionService.method.listContributors, {
      projectId,
      ...one,
      pageSize: PAGE_SIZE,
      pageToken: query.get("page_token") ?? "",
    }),
    ask(ContributionService.method.listContributions, { projectId, ...one, pageSize: DAYS_READ_MAX }),
  ]);
  const nameOf = await namesOf(visit, [one.userId, ...contributors.map((it) => it.userId)]);
  const path = `/v1/projects/${projectId}/contributors`;
  const heading =
    one.userId === undefined
      ? html`<h2>${t.caption}</h2>`
      : html`<h2>${t.one}: ${nameOf(one.userId)}</h2><p><a href="${path}">${t.everybody}</a></p>`;
  const list = () =>
    html`<section id="contributors">${contributors.length === 0 ? html`<p>${t.none}</p>` : html`${table(visit, contributors, nameOf, path)}${pager(visit, nextPageToken)}`}</section>`;
  const body = html`<h1 dir="auto">${head.name}</h1>${head.status}${head.tabs("contributors")}
${heading}${list()}${contributions.length === 0 ? "" : html`<section><h2>${t.byDay}</h2>${dailyChart(language, contributions)}</section>`}`;
  return { title: t.title, body, parts: { contributors: list }, trail: head.trail };
}

function table({ language }: Visit, contributors: readonly Contributor[], nameOf: NameOf, path: string) {
  const t = CONTRIBUTORS_TEXTS(language);
  const nowMs = Date.now();
  const figure = (value: number) => html`<td class="number">${number(language, value)}</td>`;
  const rows = contributors.map(
    (it) =>
      html`<tr><th scope="row">${nameOf(it.userId)}</th>${figure(it.mappedTaskCount)}${figure(it.validatedTaskCount)}${figure(it.heldTaskCount)}${figure(it.mappingSubmissionCount)}${figure(it.validationSubmissionCount)}<td>${ago(language, it.lastSubmissionTime, nowMs)}</td><td><a href="${path}?user_id=${it.userId}">${t.contributionsOf}</a></td></tr>`,
  );
  const head = (name: string) => html`<th scope="col" class="number">${name}</th>`;
  return html`<div class="table" tabindex="0" role="region" aria-label="${t.caption}"><table><caption class="unseen">${t.caption}</caption>
<thead><tr><th scope="col">${t.person}</th>${head(t.mapped)}${head(t.validated)}${head(t.held)}${head(t.mappings)}${head(t.validations)}<th scope="col">${t.last}</th><th scope="col">${t.byDay}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
