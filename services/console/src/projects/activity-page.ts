import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { ago } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { taskPicture } from "../maps/task-picture.ts";
import { namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ACTIVITY_TEXTS } from "./activity-texts.ts";
import { peopleIn, taskEventWords } from "./event-words.ts";
import { projectHead } from "./project-tabs.ts";

/** An event names up to three people, and 100 names are read at once. */
const PAGE_SIZE = 30;

/** What happened to the tasks of a project, the latest first. Its first page follows what happens. */
export async function showActivity(visit: Visit): Promise<Page> {
  const { ask, params, query, language } = visit;
  const t = ACTIVITY_TEXTS(language);
  const projectId = Number(params.project_id);
  const pageToken = query.get("page_token") ?? "";
  const isFirst = pageToken === "";
  const [head, { events, nextPageToken }, picture] = await Promise.all([
    projectHead(visit, projectId),
    ask(TaskEventService.method.listLatestTaskEvents, { projectId, pageSize: PAGE_SIZE, pageToken }),
    isFirst ? taskPicture(visit, projectId) : undefined,
  ]);
  const nameOf = await namesOf(visit, events.flatMap(peopleIn));
  const nowMs = Date.now();
  const rows = events.map(
    (event) =>
      html`<li><p>${taskEventWords(language, event, nameOf)}</p><p class="soft">${ago(language, event.eventTime, nowMs)}</p></li>`,
  );
  const activity = () =>
    html`<section id="activity"${isFirst ? html` data-live="activity"` : ""} aria-labelledby="happened"><h2 id="happened">${t.tasks}</h2>${rows.length === 0 ? html`<p>${t.none}</p>` : html`${isFirst ? html`<p class="help">${t.latest}</p>` : ""}<ol class="events">${rows}</ol>${pager(visit, nextPageToken)}`}</section>`;
  const body = html`<h1 dir="auto">${head.name}</h1>${head.status}${head.tabs("activity")}
<p><a href="/v1/projects/${projectId}/project-events">${t.changes}</a></p>
<div class="project">${activity()}${picture === undefined ? "" : html`<section><h2>${t.map}</h2>${picture}</section>`}</div>`;
  return { title: t.title, body, parts: { activity }, trail: head.trail };
}
