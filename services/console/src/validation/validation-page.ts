import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { form } from "../forms/form.ts";
import { ago } from "../html/formats.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { type NameOf, namesOf } from "../people/names.ts";
import { projectHead } from "../projects/project-tabs.ts";
import { stateMark } from "../tasks/state.ts";
import { taskPath } from "../tasks/task-address.ts";
import { peopleIn, taskAlert } from "../tasks/why-not.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { heldPart } from "./held-part.ts";
import { readValidation } from "./read-validation.ts";
import { VALIDATION_TEXTS } from "./texts.ts";

/** The page on which several tasks of a project are validated. */
export async function showValidation(visit: Visit): Promise<Page> {
  const { params, query, language, refused } = visit;
  const t = VALIDATION_TEXTS(language);
  const projectId = Number(params.project_id);
  const given = query.get("mapped_by_user_id") ?? "";
  const mappedBy = /^[1-9]\d{0,17}$/.test(given) ? BigInt(given) : undefined;
  const [head, validation] = await Promise.all([
    projectHead(visit, projectId),
    readValidation(visit, projectId, mappedBy),
  ]);
  const { held, queue } = validation;
  const nameOf = await namesOf(visit, [
    ...queue.map((it) => it.mappedByUserId),
    ...held.flatMap((it) => [...it.submissions, ...it.comments, ...it.reports].map(({ userId }) => userId)),
    ...peopleIn(refused?.refusal.metadata),
    mappedBy,
  ]);
  const why =
    refused === undefined ? "" : taskAlert(visit, refused.refusal, nameOf, refusedTask(visit, projectId));
  const body = html`<h1 dir="auto">${head.name}</h1>${head.status}${head.tabs("validation")}
<p class="lead">${t.lead}</p>${why}
${heldPart(visit, projectId, held, nameOf)}
${queuePart(visit, projectId, { queue, nameOf, mappedBy })}`;
  return { title: t.title, body, trail: head.trail };
}

/** The task of several that was refused. */
function refusedTask({ refused, language }: Visit, projectId: number): Content {
  const t = VALIDATION_TEXTS(language);
  const taskId = Number(refused?.refusal.metadata.task_id);
  if (!(taskId > 0)) return "";
  return html`<p><a href="${taskPath({ projectId, taskId })}">${t.task} ${taskId}</a> ${t.allOrNone}</p>`;
}

/** The tasks that wait, with a box to choose each. */
function queuePart(
  visit: Visit,
  projectId: number,
  { queue, nameOf, mappedBy }: { queue: readonly Task[]; nameOf: NameOf; mappedBy: bigint | undefined },
): Content {
  const { language } = visit;
  const t = VALIDATION_TEXTS(language);
  const page = `/console/projects/${projectId}/validation`;
  const one =
    mappedBy === undefined ? "" : html`<p>${t.of} ${nameOf(mappedBy)} · <a href="${page}">${t.all}</a></p>`;
  const head = html`<h2>${t.queue}</h2>${one}`;
  if (queue.length === 0) return html`<section>${head}<p>${t.empty}</p></section>`;
  const nowMs = Date.now();
  const ticked = visit.refused?.form.all("task_ids") ?? [];
  const rows = queue.map(
    ({ taskId, state, mappedByUserId, updateTime }) =>
      html`<tr><td><input type="checkbox" name="task_ids" value="${taskId}" aria-label="${t.choose(taskId)}"${attributes({ checked: ticked.includes(String(taskId)) })}></td>
<th scope="row"><a href="${taskPath({ projectId, taskId })}">${taskId}</a></th><td>${stateMark(language, state)}</td>
<td>${nameOf(mappedByUserId)}${mappedByUserId === undefined || mappedBy !== undefined ? "" : html` <a class="only" href="${page}?mapped_by_user_id=${mappedByUserId}">${t.only}</a>`}</td>
<td>${ago(language, updateTime, nowMs)}</td></tr>`,
  );
  const command = { method: "POST", action: `/v1/projects/${projectId}/locks`, submit: t.take } as const;
  // The alert above the page says why; the form stands as it was.
  const table = form(
    { ...visit, refused: undefined },
    command,
    html`<div class="table"><table><thead><tr><td></td><th scope="col">${t.task}</th><th scope="col">${t.state}</th><th scope="col">${t.mappedBy}</th><th scope="col">${t.since}</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
  return html`<section>${head}<p class="help">${t.queueHelp}</p>${table}</section>`;
}
