import { LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { form } from "../forms/form.ts";
import { filled } from "../html/filled.ts";
import { moment } from "../html/formats.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { icon } from "../html/icons.ts";
import { licenceForm } from "../licences/licence-form.ts";
import { enumName } from "../visits/enum-value.ts";
import type { Visit } from "../visits/visit.ts";
import { assignmentPart } from "./assignment-part.ts";
import { handInForm, handInOf } from "./hand-in-form.ts";
import { historyPart } from "./history.ts";
import { lockClock } from "./lock-clock.ts";
import { actForm } from "./part-form.ts";
import type { TaskView } from "./read-task.ts";
import { REFUSAL_TEXTS } from "./refusal-texts.ts";
import { purposeName, stateMark } from "./state.ts";
import { talkPart } from "./talk.ts";
import { taskPath } from "./task-address.ts";
import { TASK_TEXTS } from "./texts.ts";
import type { Offer } from "./what-now.ts";
import { taskAlert, whyNot } from "./why-not.ts";

/** The section of a task's page that changes with what people do: its state, what the reader can do, what was said and done. */
export function workSection(visit: Visit, view: TaskView): Html {
  const { language } = visit;
  const t = TASK_TEXTS(language);
  const { task } = view;
  return html`<section id="work" tabindex="-1" aria-label="${t.work}">
${alertAbove(visit, view)}
<p class="task-state">${stateMark(language, task.state)}${task.priority === undefined || task.priority === 0 ? "" : html` <span class="mark">${t.priority} ${task.priority}</span>`}${task.priorityArea ? html` <span class="mark">${icon("flag")} ${t.priorityArea(task.priorityArea)}</span>` : ""}</p>
${stateWords(visit, view)}
${holding(visit, view)}
${handInForm(visit, view)}
${view.now.mine === undefined ? offers(visit, view) : ""}
${undoing(visit, view)}
${assignmentPart(visit, view)}
${talkPart(visit, view)}
${historyPart(visit, view)}
</section>`;
}

/** The forms that say themselves why they were refused. */
function speaksForItself(command: string, path: string): boolean {
  return [`POST ${path}/comments`, `PUT ${path}/assignment`].includes(command);
}

/** Why a command was refused whose form may not be here any more. */
function alertAbove(visit: Visit, { task, nameOf, licence }: TaskView): Content {
  const { refused } = visit;
  if (refused === undefined || speaksForItself(refused.command, taskPath(task))) return "";
  const accept =
    refused.refusal.reason.name === "LICENCE_NOT_ACCEPTED" && licence === undefined
      ? licenceLink(visit, refused.refusal.metadata.licence_id)
      : "";
  return taskAlert(visit, refused.refusal, nameOf, accept);
}

function licenceLink({ language }: Visit, licenceId: string | undefined): Content {
  if (licenceId === undefined) return "";
  return html`<p><a href="/v1/licences/${licenceId}">${TASK_TEXTS(language).notTold}</a></p>`;
}

/** What the state means, where nothing can be done. */
function stateWords({ language }: Visit, { task, subtasks, now, nameOf }: TaskView): Content {
  const t = TASK_TEXTS(language);
  const { projectId } = task;
  if (task.state === TaskState.SPLIT) {
    const parts = subtasks.map(
      (it) =>
        html`<li><a href="${taskPath(it)}">${t.task(it.taskId)}</a> ${stateMark(language, it.state)}</li>`,
    );
    return html`<p>${t.splitInto}</p><ul>${parts}</ul>`;
  }
  const { assignment, parentTaskId } = task;
  const values = assignment && {
    person: nameOf(assignment.userId),
    time: moment(language, assignment.expireTime),
  };
  return [
    task.state === TaskState.WITHDRAWN ? html`<p>${t.withdrawn}</p>` : "",
    task.state === TaskState.VALIDATED && now.theirs === undefined ? html`<p>${t.done}</p>` : "",
    task.outsideArea && task.state !== TaskState.WITHDRAWN ? html`<p>${t.outside}</p>` : "",
    values === undefined ? "" : html`<p>${icon("flag")} ${filled(t.reservedFor, values)}</p>`,
    parentTaskId === undefined
      ? ""
      : html`<p>${t.partOf} <a href="${taskPath({ projectId, taskId: parentTaskId })}">${t.task(parentTaskId)}</a>.</p>`,
  ];
}

/** The holder of the task, until when, and what they, the others and the managers can do about it. */
function holding(visit: Visit, { task, now, nameOf }: TaskView): Content {
  const { language, person } = visit;
  const t = TASK_TEXTS(language);
  const lock = now.mine ?? now.theirs;
  if (lock === undefined) return "";
  const action = `${taskPath(task)}/lock`;
  const token = html`<input type="hidden" name="lock_token" value="${lock.token}">`;
  const values = {
    holder: nameOf(lock.holderUserId),
    purpose: purposeName(language, lock.purpose),
    time: moment(language, lock.expireTime),
  };
  if (now.mine === undefined) {
    const ask = { method: "POST", action: `${taskPath(task)}/comments`, submit: t.ask } as const;
    const force = { method: "DELETE", action, submit: t.forceRelease, danger: true } as const;
    const words = html`<input type="hidden" name="text" value="${t.askText}">`;
    const forced = html`<input type="hidden" name="force" value="true">${token}`;
    return html`<p class="task-held">${icon("lock")} ${filled(t.heldBy, values)}</p>
<div class="acts">${person === undefined ? "" : actForm(visit, ask, words)}${now.manages ? actForm(visit, { ...force, confirm: t.confirmForce }, forced) : ""}</div>`;
  }
  const extend = { method: "PATCH", action, submit: t.extend } as const;
  const release = { method: "DELETE", action, submit: t.release, confirm: t.confirmRelease } as const;
  const split = { method: "POST", action: `${taskPath(task)}/subtasks`, submit: t.split } as const;
  const isMapping = lock.purpose === LockPurpose.MAPPING;
  return html`<div class="task-held mine"><p>${icon("lock")} ${filled(t.youHold, values)}</p>${lockClock(visit, lock)}</div>
<div class="acts minor">${actForm(visit, extend, token)}${actForm(visit, release, token)}${isMapping ? actForm(visit, { ...split, confirm: t.confirmSplit }, token) : ""}</div>`;
}

/** The ways to take the task, and the ways on to another. */
function offers(visit: Visit, view: TaskView): Content {
  // A hand-in that came too late has the way to take the task again in its form.
  if (handInOf(visit, view)?.isAgain) return "";
  // The holder is named above.
  const offered = view.now.theirs === undefined ? view.now.wanted : [];
  return [
    ...offered.map((offer) => offerPart(visit, view, offer)),
    ...waysOn(view, visit.person?.userId).map((purpose) => nextForm(visit, view, purpose)),
  ];
}

/** For what the reader may want another task: what they have just done, and both where this one has nothing for them. */
function waysOn({ task, now }: TaskView, userId: bigint | undefined): readonly LockPurpose[] {
  const { MAPPING, VALIDATION } = LockPurpose;
  if (userId !== undefined && task.stateUserId === userId) {
    const isMapped = task.state === TaskState.MAPPED || task.state === TaskState.BAD_IMAGERY;
    if (now.theirs === undefined) return [isMapped ? MAPPING : VALIDATION];
  }
  if (now.theirs !== undefined) return [now.theirs.purpose];
  if (now.wanted.length === 0) return [MAPPING, VALIDATION];
  return now.wanted.flatMap(({ purpose, obstacle }) => (obstacle === undefined ? [] : [purpose]));
}

function offerPart(visit: Visit, view: TaskView, { purpose, obstacle }: Offer): Content {
  const { task, otherLocks, licence, nameOf } = view;
  const t = TASK_TEXTS(visit.language);
  const name = enumName(LockPurposeSchema, purpose) as "MAPPING" | "VALIDATION";
  if (obstacle !== undefined) {
    if (obstacle.reason === visit.refused?.refusal.reason.name && licence === undefined) return "";
    const words = whyNot(visit, obstacle, nameOf);
    return html`<div class="why-not" data-reason="${obstacle.reason}"><p><strong>${words?.title}</strong> ${words?.advice}</p>
${licence === undefined ? "" : licenceForm(visit, licence, taskPath(task))}</div>`;
  }
  const take = { method: "PUT", action: `${taskPath(task)}/lock`, submit: t[`take${name}`] } as const;
  const [other] = otherLocks;
  const hint =
    purpose === LockPurpose.MAPPING && other !== undefined
      ? html`<p class="help">${filled(t.alsoHold, { held: heldLink(visit, other) })}</p>`
      : "";
  return html`<div class="take">${actForm(visit, take, html`<input type="hidden" name="purpose" value="LOCK_PURPOSE_${name}">`)}${hint}</div>`;
}

function heldLink({ language }: Visit, held: { projectId: number; taskId: number }): Html {
  const text = REFUSAL_TEXTS(language)["links.held"].replace("{number}", String(held.taskId));
  return html`<a href="${taskPath(held)}">${text}</a>`;
}

/** The way on: the server chooses another task. */
function nextForm(visit: Visit, { task, head }: TaskView, purpose: LockPurpose): Content {
  const t = TASK_TEXTS(visit.language);
  const decision = purpose === LockPurpose.MAPPING ? head.access.mapping : head.access.validation;
  if (!decision?.permitted) return "";
  const name = enumName(LockPurposeSchema, purpose) as "MAPPING" | "VALIDATION";
  const claim = {
    method: "POST",
    action: `/v1/projects/${task.projectId}/claims`,
    submit: t.next[name],
  } as const;
  const order = purpose === LockPurpose.MAPPING ? "NEAR_LAST" : "RANDOM";
  const fields = html`<input type="hidden" name="purpose" value="LOCK_PURPOSE_${name}"><input type="hidden" name="order" value="CLAIM_ORDER_${order}">`;
  return html`<div class="take">${form(visit, claim, fields)}</div>`;
}

/** What the reader has done may be undone, and by whom else may. */
function undoing(visit: Visit, view: TaskView): Content {
  const { task, now } = view;
  const t = TASK_TEXTS(visit.language);
  if (!now.canUndo) return "";
  const undo = { method: "POST", action: `${taskPath(task)}/undos`, submit: t.undo } as const;
  return html`<div class="acts minor">${actForm(visit, { ...undo, revision: task.revision, confirm: t.confirmUndo })}</div>`;
}
