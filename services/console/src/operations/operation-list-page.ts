import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { moment, number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { kindText, stateText } from "./operation-words.ts";
import { OPERATION_TEXTS } from "./texts.ts";

const PAGE_SIZE = 50;

/** The long work in a project, the newest first. */
export async function showOperations(visit: Visit): Promise<Page> {
  const { ask, params, query, language } = visit;
  const t = OPERATION_TEXTS(language);
  const projectId = Number(params.project_id);
  const pageToken = query.get("page_token") ?? "";
  const [{ operations, nextPageToken }, { project }] = await Promise.all([
    ask(OperationService.method.listOperations, { projectId, pageSize: PAGE_SIZE, pageToken }),
    ask(ProjectService.method.getProject, { projectId }),
  ]);
  const nameOf = await namesOf(
    visit,
    operations.map(({ userId }) => userId),
  );
  const rows = operations.map(
    (it) =>
      html`<tr><th scope="row"><a href="/v1/${it.name}">${kindText(language, it.kind)}</a></th><td>${stateText(language, it)}</td><td class="number">${number(language, it.doneCount)}</td><td class="number">${number(language, it.skippedCount)}</td><td>${it.userId === undefined ? t.bySystem : nameOf(it.userId)}</td><td>${moment(language, it.startTime)}</td></tr>`,
  );
  const head = [t.what, t.state, t.done, t.skippedShort, t.by, t.begun];
  const body = html`<h1>${t.title}</h1>
${operations.length === 0 ? html`<p>${t.none}</p>` : html`<div class="table"><table><caption>${t.caption}</caption><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`}
${pager(visit, nextPageToken)}`;
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: `/v1/projects/${projectId}`, name: project?.name ?? "" },
  ];
  return { title: t.title, body, trail };
}
