import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { moment } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { ACTIVITY_TEXTS } from "./activity-texts.ts";
import { projectEventWords } from "./event-words.ts";
import { projectHead } from "./project-tabs.ts";

/** As many events as names are read at once. */
const PAGE_SIZE = 100;

/** What was changed in a project itself, the oldest first. */
export async function showChanges(visit: Visit): Promise<Page> {
  const { ask, params, query, language } = visit;
  const t = ACTIVITY_TEXTS(language);
  const projectId = Number(params.project_id);
  const pageToken = query.get("page_token") ?? "";
  const [head, { events, nextPageToken }] = await Promise.all([
    projectHead(visit, projectId),
    ask(ProjectEventService.method.listProjectEvents, { projectId, pageSize: PAGE_SIZE, pageToken }),
  ]);
  const nameOf = await namesOf(
    visit,
    events.map((it) => it.actorUserId),
  );
  const rows = events.map(
    (event) =>
      html`<li><p>${projectEventWords(language, event, nameOf)}</p><p class="soft">${moment(language, event.eventTime)}</p></li>`,
  );
  const body = html`<h1 dir="auto">${head.name}</h1>${head.status}${head.tabs("activity")}
<p><a href="/v1/projects/${projectId}/task-events">${t.tasks}</a></p>
<section><h2>${t.changesTitle}</h2><p class="help">${t.oldest}</p><ol class="events">${rows}</ol>${pager(visit, nextPageToken)}</section>`;
  return { title: t.changes, body, trail: head.trail };
}
