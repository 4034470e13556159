import { type Lock, LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { form } from "../forms/form.ts";
import { moment } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { icon } from "../html/icons.ts";
import { lockClock } from "../tasks/lock-clock.ts";
import { MY_WORK, taskPath } from "../tasks/task-address.ts";
import { enumName } from "../visits/enum-value.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { MY_WORK_TEXTS } from "./my-work-texts.ts";
import { type MyWork, readMyWork } from "./read-my-work.ts";

/** What the reader holds, with a clock for each, and what is reserved for them. */
export async function showMyWork(visit: Visit): Promise<Page | Done> {
  const { person, language } = visit;
  if (person === undefined) return { see: `/console/sign-in?next=${encodeURIComponent(MY_WORK)}` };
  const t = MY_WORK_TEXTS(language);
  const work = await readMyWork(visit, person.userId);
  const held = work.locks.map((lock) => heldTask(visit, lock, work));
  const body = html`<h1>${t.title}</h1>
<section><h2>${t.held}</h2>${held.length === 0 ? html`<p>${t.nothing}</p><p><a class="button" href="/v1/projects">${t.begin}</a></p>` : html`${together(visit, work)}<ul class="held-tasks">${held}</ul>`}</section>
${reserved(visit, work)}`;
  return { title: t.title, body };
}

function heldTask(visit: Visit, lock: Lock, { projectName }: MyWork) {
  const t = MY_WORK_TEXTS(visit.language);
  const path = taskPath(lock);
  const action = `${path}/lock`;
  const name = t.task(lock.taskId, projectName(lock.projectId));
  const extend = { method: "PATCH", action, submit: t.extend, label: name } as const;
  const release = { method: "DELETE", action, submit: t.release, label: name, confirm: t.confirm } as const;
  const fields = html`<input type="hidden" name="lock_token" value="${lock.token}"><input type="hidden" name="from" value="my-work">`;
  const purpose = enumName(LockPurposeSchema, lock.purpose) === "VALIDATION" ? "VALIDATION" : "MAPPING";
  return html`<li><h3><a href="${path}" dir="auto">${name}</a></h3><p>${icon("lock")} ${t[`for${purpose}`]}</p>${lockClock(visit, lock)}
<div class="acts minor"><a class="button" href="${path}">${t.open}</a>${form(visit, extend, fields)}${form(visit, release, fields)}</div></li>`;
}

/** Links to the pages on which the tasks that a person validates in one project are handed in together. */
function together({ language }: Visit, { locks, projectName }: MyWork) {
  const t = MY_WORK_TEXTS(language);
  const counts = new Map<number, number>();
  for (const { projectId, purpose } of locks)
    if (purpose === LockPurpose.VALIDATION) counts.set(projectId, (counts.get(projectId) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(
      ([projectId, count]) =>
        html`<p><a href="/console/projects/${projectId}/validation">${t.validateAll(count, projectName(projectId))}</a></p>`,
    );
}

function reserved({ language }: Visit, { assignments, projectName }: MyWork) {
  const t = MY_WORK_TEXTS(language);
  const items = assignments.map(
    (it) =>
      html`<li>${icon("flag")} <a href="${taskPath(it)}" dir="auto">${t.task(it.taskId, projectName(it.projectId))}</a> ${t.until} ${moment(language, it.expireTime)}</li>`,
  );
  return html`<section><h2>${t.reserved}</h2><p class="help">${t.reservedHelp}</p>${items.length === 0 ? html`<p>${t.noneReserved}</p>` : html`<ul>${items}</ul>`}</section>`;
}
