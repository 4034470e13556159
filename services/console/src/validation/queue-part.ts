import type { ValidationQueue, WaitingTask } from "@tessera/contracts/tessera/task/v1/validation_queue_pb.ts";
import { form } from "../forms/form.ts";
import { ago, number } from "../html/formats.ts";
import { attributes, type Content, type Html, html } from "../html/html.ts";
import type { NameOf } from "../people/names.ts";
import { stateMark } from "../tasks/state.ts";
import { taskPath } from "../tasks/task-address.ts";
import type { Visit } from "../visits/visit.ts";
import type { OfferedPerson } from "../work/person-options.ts";
import { VALIDATION_TEXTS } from "./texts.ts";
import { validationPath } from "./validation-path.ts";

/** What waits, and what the page says of it. */
export interface Waiting {
  queue: ValidationQueue;
  nameOf: NameOf;
  /** The mapper whose work alone is shown; undefined for everybody's. */
  mappedBy: bigint | undefined;
  /** The mappers to choose from, by name. */
  people: readonly OfferedPerson[];
  /** Whether the reader may check what they mapped. */
  mayCheckOwn: boolean;
}

/** The tasks that wait, with a box to choose each, and the choice of the mapper whose work is checked. */
export function queuePart(visit: Visit, waiting: Waiting): Html {
  const { language } = visit;
  const t = VALIDATION_TEXTS(language);
  const { queue, mayCheckOwn } = waiting;
  const { taskCount, tasks } = queue;
  const more = taskCount > tasks.length ? ` ${t.first(number(language, tasks.length))}` : "";
  const count = html`<p role="status"><strong>${t.waiting(taskCount)}</strong>${more}</p>`;
  return html`<section id="queue"><h2>${t.queue}</h2>${mapperForm(visit, waiting)}
${tasks.length === 0 ? html`<p role="status">${t.empty}</p>` : html`${count}<p class="help">${t.queueHelp} ${mayCheckOwn ? t.ownToo : t.ownNot}</p>${tableForm(visit, waiting)}`}</section>`;
}

/** The choice of the mapper. With scripts the table follows it. */
function mapperForm({ language, params }: Visit, { queue, mappedBy, people }: Waiting): Content {
  const t = VALIDATION_TEXTS(language);
  if (people.length === 0) return "";
  const counts = new Map(queue.mappers.map((it) => [String(it.userId), it.taskCount]));
  const options = people.map(([userId, name]) => {
    const count = number(language, counts.get(userId) ?? 0);
    return html`<option value="${userId}"${attributes({ selected: userId === String(mappedBy) })}>${t.mapper(name, count)}</option>`;
  });
  const page = validationPath(Number(params.project_id));
  return html`<form class="mapper" method="get" action="${page}" hx-get="${page}" hx-trigger="change, submit" hx-target="#queue" hx-swap="outerMorph" hx-push-url="true">
<div class="field"><label for="mapper">${t.of}</label><select id="mapper" name="mapped_by_user_id"><option value="">${t.all}</option>${options}</select></div><button class="quiet">${t.show}</button></form>`;
}

function tableForm(visit: Visit, waiting: Waiting): Content {
  const { language, refused } = visit;
  const { queue, mappedBy } = waiting;
  const t = VALIDATION_TEXTS(language);
  const { projectId } = queue;
  const nowMs = Date.now();
  const ticked = new Set(refused?.form.all("task_ids"));
  const rows = queue.tasks.map((it) =>
    taskRow(visit, waiting, { it, nowMs, isTicked: ticked.has(String(it.taskId)) }),
  );
  const command = { method: "POST", action: `/v1/projects/${projectId}/locks` } as const;
  const chosen =
    mappedBy === undefined ? "" : html`<input type="hidden" name="mapped_by_user_id" value="${mappedBy}">`;
  // The alert above the page says why; the form stands as it was.
  return form(
    { ...visit, refused: undefined },
    command,
    chosen,
    html`<div class="table"><table><thead><tr><td></td><th scope="col">${t.task}</th><th scope="col">${t.state}</th><th scope="col">${t.mappedBy}</th><th scope="col">${t.since}</th></tr></thead><tbody>${rows}</tbody></table></div>
<p class="table-acts"><button>${t.take}</button></p>`,
  );
}

function taskRow(
  { language, person }: Visit,
  { queue: { projectId }, nameOf, mappedBy }: Waiting,
  { it, nowMs, isTicked }: { it: WaitingTask; nowMs: number; isTicked: boolean },
): Html {
  const t = VALIDATION_TEXTS(language);
  const { taskId, state, mappedByUserId, stateTime } = it;
  const isAlone = mappedByUserId === undefined || mappedBy !== undefined || mappedByUserId === person?.userId;
  const only = html` <a class="only" href="${validationPath(projectId, mappedByUserId)}">${t.only}</a>`;
  return html`<tr><td><input type="checkbox" name="task_ids" value="${taskId}" aria-label="${t.choose(taskId)}"${attributes({ checked: isTicked })}></td>
<th scope="row"><a href="${taskPath({ projectId, taskId })}">${taskId}</a></th><td>${stateMark(language, state)}</td>
<td>${nameOf(mappedByUserId)}${isAlone ? "" : only}</td><td>${ago(language, stateTime, nowMs)}</td></tr>`;
}
