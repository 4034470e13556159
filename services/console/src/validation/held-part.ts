import { form } from "../forms/form.ts";
import { attributes, type Content, html } from "../html/html.ts";
import type { NameOf } from "../people/names.ts";
import { issueFields } from "../tasks/issues.ts";
import { lockClock } from "../tasks/lock-clock.ts";
import { remarks } from "../tasks/talk.ts";
import { taskPath } from "../tasks/task-address.ts";
import type { Visit } from "../visits/visit.ts";
import type { HeldTask } from "./read-validation.ts";
import { VALIDATION_TEXTS } from "./texts.ts";

/** The number of last words that stand beside each task. */
const WORDS_MAX = 5;
const COMMENT_MAX = 5_000;

/** The tasks in the reader's hands, each beside what was said of it, and one form for all results. */
export function heldPart(
  visit: Visit,
  projectId: number,
  held: readonly HeldTask[],
  nameOf: NameOf,
): Content {
  const t = VALIDATION_TEXTS(visit.language);
  const lost = lostWords(visit, held);
  if (held.length === 0) return html`<section><h2>${t.held}</h2>${lost}<p>${t.none}</p></section>`;
  const command = {
    method: "POST",
    action: `/v1/projects/${projectId}/submissions`,
    submit: t.handIn,
  } as const;
  const chosen = visit.refused?.form.text("mapped_by_user_id") || visit.query.get("mapped_by_user_id");
  const mapper = chosen ? html`<input type="hidden" name="mapped_by_user_id" value="${chosen}">` : "";
  const tasks = held.map((it) => heldTask(visit, projectId, it, nameOf));
  return html`<section><h2>${t.held}</h2><p class="help">${t.heldHelp}</p>${lost}
${form({ ...visit, refused: undefined }, command, mapper, html`<ul class="cards held-cards">${tasks}</ul>`)}</section>`;
}

function heldTask(
  visit: Visit,
  projectId: number,
  { lock, submissions, comments, reports }: HeldTask,
  nameOf: NameOf,
): Content {
  const t = VALIDATION_TEXTS(visit.language);
  const { taskId, token } = lock;
  // What was typed into a form that was refused is kept.
  const typed = visit.refused?.form;
  const command = { method: "POST", action: `/v1/projects/${projectId}/submissions` } as const;
  const issues = issueFields(visit, command, typed, `${taskId}.`);
  const chosen = typed?.text(`${taskId}.result`) ?? "";
  const choice = (value: string, name: string) =>
    html`<label class="check"><input type="radio" name="${taskId}.result" value="${value}"${attributes({ checked: chosen === value })}> <span>${name}</span></label>`;
  const said = remarks(visit, { submissions, comments, reports, nameOf }).slice(-WORDS_MAX);
  return html`<li class="card"><h3><a href="${taskPath({ projectId, taskId })}">${t.task} ${taskId}</a></h3>
${lockClock(visit, lock)}
<ol class="talk">${said.map((it) => it.html)}</ol>
<input type="hidden" name="task_ids" value="${taskId}"><input type="hidden" name="${taskId}.lock_token" value="${token}">
<fieldset><legend>${t.result(taskId)}</legend>${choice("", t.later)}${choice("SUBMISSION_RESULT_VALIDATED", t.validated)}${choice("SUBMISSION_RESULT_INVALIDATED", t.invalidated)}</fieldset>
${issues}<div class="field"><label for="comment-${taskId}">${t.comment}</label><textarea id="comment-${taskId}" name="${taskId}.comment" rows="2" maxlength="${COMMENT_MAX}" dir="auto">${typed?.text(`${taskId}.comment`)}</textarea></div></li>`;
}

/** What was typed for tasks that the reader does not hold any more. */
function lostWords({ language, refused }: Visit, held: readonly HeldTask[]): Content {
  const t = VALIDATION_TEXTS(language);
  const mine = new Set(held.map(({ lock }) => String(lock.taskId)));
  const typed = (taskId: string) => refused?.form.text(`${taskId}.comment`) ?? "";
  const lost = (refused?.form.all("task_ids") ?? []).filter((it) => !mine.has(it) && typed(it) !== "");
  return lost.map((it) => html`<p>${t.lost(it)}</p><p class="typed" dir="auto">${typed(it)}</p>`);
}
