import { type TaskEvent, TaskEventKindSchema } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { filled } from "../html/filled.ts";
import { moment } from "../html/formats.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { enumName } from "../visits/enum-value.ts";
import type { Visit } from "../visits/visit.ts";
import { HISTORY_TEXTS } from "./history-texts.ts";
import type { TaskView } from "./read-task.ts";
import { purposeName, stateName } from "./state.ts";
import { taskPath } from "./task-address.ts";

/** The number of last events on a page that does not show all. */
const SHOWN_MAX = 20;

/** The whole history of a task in words, the newest first. */
export function historyPart(visit: Visit, { task, events, nameOf }: TaskView): Html {
  const { language, query } = visit;
  const t = HISTORY_TEXTS(language);
  const shown = query.has("all") ? events : events.slice(-SHOWN_MAX);
  const hidden = events.length - shown.length;
  const rows = shown
    .toReversed()
    .map((it) => html`<li>${moment(language, it.eventTime)} ${inWords(visit, it, nameOf)}</li>`);
  return html`<section class="history"><h2>${t.title}</h2><ol>${rows}</ol>
${hidden === 0 ? "" : html`<p><a href="${taskPath(task)}?all">${t.earlier(hidden)}</a></p>`}</section>`;
}

/** What happened, as a sentence. */
function inWords({ language }: Visit, event: TaskEvent, nameOf: TaskView["nameOf"]): Content {
  const t = HISTORY_TEXTS(language);
  const sentence = t[enumName(TaskEventKindSchema, event.kind) as "LOCKED"];
  if (sentence === undefined) return "";
  const { projectId, parentTaskId, lock } = event;
  const parent = parentTaskId === undefined ? undefined : { projectId, taskId: parentTaskId };
  const values = {
    who: event.actorUserId === undefined ? t.system : nameOf(event.actorUserId, "name"),
    holder: nameOf(lock?.holderUserId, "name"),
    assigned: nameOf(event.assignedUserId, "name"),
    purpose: lock === undefined ? "" : purposeName(language, lock.purpose),
    time: moment(language, lock?.expireTime),
    state: stateName(language, event.toState),
    priority: event.priority,
    parent: parent && html`<a href="${taskPath(parent)}">${t.task(parent.taskId)}</a>`,
  };
  const by =
    event.operationId === undefined
      ? ""
      : html` <small>(<a href="/v1/projects/${projectId}/operations/${event.operationId}">${t.operation}</a>)</small>`;
  return [filled(sentence, values), by];
}
