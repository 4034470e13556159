import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { filled } from "../html/filled.ts";
import { ago, moment, number } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { icon } from "../html/icons.ts";
import type { NameOf } from "../people/names.ts";
import { purposeName, stateMark } from "../tasks/state.ts";
import { taskPath } from "../tasks/task-address.ts";
import type { Visit } from "../visits/visit.ts";
import { TASK_CHANGE_TEXTS } from "./task-change-texts.ts";
import { TASK_LIST_TEXTS } from "./task-list-texts.ts";

/**
 * Tasks as a table: the state of each in words beside its mark, and its holder. With `ticked` each has a box; those of the
 * numbers in it are ticked.
 */
export function taskTable(
  { language }: Visit,
  tasks: readonly Task[],
  { nameOf, caption, ticked }: { nameOf: NameOf; caption: string; ticked: ReadonlySet<string> | undefined },
) {
  const t = TASK_LIST_TEXTS(language);
  const box = ({ taskId }: Task) =>
    html`<td><input type="checkbox" name="task_ids" value="${taskId}" aria-label="${TASK_CHANGE_TEXTS(language).tick(taskId)}"${attributes({ checked: ticked?.has(String(taskId)) })}></td>`;
  const nowMs = Date.now();
  const rows = tasks.map(
    (it) =>
      html`<tr>${ticked === undefined ? "" : box(it)}<th scope="row"><a href="${taskPath(it)}">${t.task} ${it.taskId}</a></th><td>${stateMark(language, it.state)}${it.priorityArea ? html` <span class="mark">${icon("flag")} ${t.priorityArea(it.priorityArea)}</span>` : ""}</td>
<td>${holding(language, it, nameOf)}</td><td>${nameOf(it.mappedByUserId)}</td><td>${nameOf(it.validatedByUserId)}</td>
<td class="number">${it.priority ? number(language, it.priority) : ""}</td><td class="number">${it.commentCount ? number(language, it.commentCount) : ""}</td><td>${ago(language, it.updateTime, nowMs)}</td></tr>`,
  );
  const head = (name: string) => html`<th scope="col">${name}</th>`;
  const figure = (name: string) => html`<th scope="col" class="number">${name}</th>`;
  return html`<div class="table" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${ticked === undefined ? "" : html`<td></td>`}${head(t.task)}${head(t.states)}${head(t.held)}${head(t.names["filter.mapped_by_user_id"])}${head(t.names["filter.validated_by_user_id"])}${figure(t.priority)}${figure(t.comments)}${head(t.changed)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** The holder of a task, or the person whom it is reserved for. */
function holding(language: Visit["language"], { lock, assignment }: Task, nameOf: NameOf): Content {
  const t = TASK_LIST_TEXTS(language);
  if (lock !== undefined) {
    const purpose = purposeName(language, lock.purpose);
    const time = moment(language, lock.expireTime);
    return [
      icon("lock"),
      " ",
      filled(t.until, { person: nameOf(lock.holderUserId), purpose: purpose, time }),
    ];
  }
  if (assignment === undefined) return t.free;
  return [icon("flag"), " ", filled(t.reserved, { person: nameOf(assignment.userId) })];
}
