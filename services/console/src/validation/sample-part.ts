import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { SampledTask } from "@tessera/contracts/tessera/task/v1/validation_pb.ts";
import { form } from "../forms/form.ts";
import { filled } from "../html/filled.ts";
import { number } from "../html/formats.ts";
import { attributes, type Content, type Html, html } from "../html/html.ts";
import type { NameOf } from "../people/names.ts";
import { stateMark } from "../tasks/state.ts";
import { taskPath } from "../tasks/task-address.ts";
import type { Visit } from "../visits/visit.ts";
import { CHECK_TEXTS } from "./check-texts.ts";
import { type Checks, EVERY_MAX, SEED_MAX } from "./read-checks.ts";
import { validationPath } from "./validation-path.ts";

/** The form that asks for a sample of the mapper whose work is shown, and its tasks with a box to choose each. */
export function samplePart(
  visit: Visit,
  projectId: number,
  checks: Checks,
  { mappedBy, nameOf }: { mappedBy: bigint | undefined; nameOf: NameOf },
): Html {
  const t = CHECK_TEXTS(visit.language);
  const { every, seed, onlyWaiting, sample } = checks;
  const of =
    mappedBy === undefined ? "" : html`<input type="hidden" name="mapped_by_user_id" value="${mappedBy}">`;
  return html`<section id="sample"><h2>${t.sample}</h2><p class="help">${t.sampleHelp}</p>
<form method="get" action="${validationPath(projectId)}">${of}
<p>${filled(t.whose, { who: mappedBy === undefined ? t.anybody : nameOf(mappedBy) })}</p>
<div class="field"><label for="every">${t.every}</label><input id="every" name="every" type="number" min="1" max="${EVERY_MAX}" value="${every}" required></div>
<div class="field"><label for="seed">${t.seed}</label><input id="seed" name="seed" maxlength="${SEED_MAX}" value="${seed}" autocomplete="off" dir="auto"></div>
<label class="check"><input type="checkbox" name="only_waiting" value="1"${attributes({ checked: onlyWaiting })}> <span>${t.onlyWaiting}</span></label>
<button class="quiet">${t.draw}</button></form>
${sample === undefined ? "" : sample.length === 0 ? html`<p role="status">${t.none}</p>` : chosenForm(visit, projectId, checks, { sample, of, nameOf })}</section>`;
}

function chosenForm(
  visit: Visit,
  projectId: number,
  { every, seed, onlyWaiting, hasMoreSample }: Checks,
  { sample, of, nameOf }: { sample: readonly SampledTask[]; of: Content; nameOf: NameOf },
): Content {
  const { language, refused } = visit;
  const t = CHECK_TEXTS(language);
  const ticked = new Set(refused?.form.all("task_ids"));
  const command = { method: "POST", action: `/v1/projects/${projectId}/locks`, submit: t.take } as const;
  const kept = html`${of}<input type="hidden" name="second_check" value="1"><input type="hidden" name="every" value="${every}"><input type="hidden" name="seed" value="${seed}">${onlyWaiting ? html`<input type="hidden" name="only_waiting" value="1">` : ""}`;
  const rows = sample.map(
    ({
      taskId,
      state,
      mappedByUserId,
      validatedByUserId,
      locked,
    }) => html`<tr><td>${locked || isOwnVerdict(visit, state, validatedByUserId) ? "" : html`<input type="checkbox" name="task_ids" value="${taskId}" aria-label="${t.choose(taskId)}"${attributes({ checked: ticked.has(String(taskId)) })}>`}</td>
<th scope="row"><a href="${taskPath({ projectId, taskId })}">${taskId}</a></th><td>${stateMark(language, state)}${locked ? html` <small>${t.locked}</small>` : ""}</td><td>${nameOf(mappedByUserId)}</td><td>${nameOf(validatedByUserId)}</td></tr>`,
  );
  const more = hasMoreSample ? html`<p role="status">${t.first(number(language, sample.length))}</p>` : "";
  return html`${more}${form(
    { ...visit, refused: undefined },
    command,
    kept,
    html`<div class="table"><table><thead><tr><td></td><th scope="col">${t.task}</th><th scope="col">${t.state}</th><th scope="col">${t.mappedBy}</th><th scope="col">${t.validatedBy}</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  )}`;
}

/** Whether the task stands by the reader's own verdict, which somebody else checks. */
function isOwnVerdict({ person }: Visit, state: TaskState, validatedBy: bigint | undefined): boolean {
  return state === TaskState.VALIDATED && person !== undefined && validatedBy === person.userId;
}
