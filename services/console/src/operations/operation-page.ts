import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { type Operation, OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { form } from "../forms/form.ts";
import { moment, number } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import { namesOf } from "../people/names.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { failureText } from "./failure-text.ts";
import { kindText, reasonWord, resultWord, stateText } from "./operation-words.ts";
import { OPERATION_TEXTS } from "./texts.ts";

const REFRESH_SECONDS = 2;

/** Work that takes longer than a page: how far it is, what was skipped and why, and what came of it. */
export async function showOperation(visit: Visit): Promise<Page> {
  const { ask, params, language } = visit;
  const t = OPERATION_TEXTS(language);
  const [projectId, operationId] = [Number(params.project_id), Number(params.operation_id)];
  const [{ operation }, { project }, { access }] = await Promise.all([
    ask(OperationService.method.getOperation, { projectId, operationId }),
    ask(ProjectService.method.getProject, { projectId }),
    ask(ProjectService.method.getAccess, { projectId }),
  ]);
  if (operation === undefined) throw new Error("an operation came without a document");
  const isManager = access?.management?.permitted ?? false;
  const title = kindText(language, operation.kind);
  const nameOf = await namesOf(visit, [operation.userId]);
  const part = () => progress(visit, operation, { isManager, projectId, isDraft: project?.status === 1 });
  const body = html`<h1>${title}</h1>${part()}
<dl class="facts tiles"><div><dt>${t.begun}</dt><dd>${moment(language, operation.startTime)}</dd></div>
<div><dt>${t.by}</dt><dd>${operation.userId === undefined ? t.bySystem : nameOf(operation.userId)}</dd></div></dl>
<p><a href="/v1/projects/${projectId}/operations">${t.all}</a></p>`;
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: `/v1/projects/${projectId}`, name: project?.name ?? "" },
    { href: `/v1/projects/${projectId}/operations`, name: t.title },
  ];
  // Without scripts the browser loads the page again by itself.
  const alternates = operation.done
    ? ""
    : html`<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>`;
  return { title, body, trail, parts: { operation: part }, alternates };
}

interface Circumstances {
  isManager: boolean;
  projectId: number;
  isDraft: boolean;
}

/** The part that refreshes by itself until the work is done. */
function progress(visit: Visit, it: Operation, at: Circumstances) {
  const { language } = visit;
  const t = OPERATION_TEXTS(language);
  const path = `/v1/${it.name}`;
  const again = it.done
    ? ""
    : html` hx-get="${path}" hx-trigger="every ${REFRESH_SECONDS}s" hx-target="#operation" hx-swap="outerMorph"`;
  const cancel = { method: "PUT", action: `${path}/cancellation`, submit: t.cancel, danger: true } as const;
  return html`<section id="operation" aria-live="polite"${again}>
<p class="lead">${stateText(language, it)}</p>${bar(visit, it)}
${failureText(visit, it.error)}${counts(visit, it)}
${it.done ? onward(visit, it, at) : html`<p><a href="${path}">${t.lookAgain}</a></p>${at.isManager && !it.cancelRequested ? form(visit, cancel) : ""}`}
</section>`;
}

function bar(
  { language }: Visit,
  { unitCount, doneCount, skippedCount, done, state, kind }: Operation,
): Content {
  const t = OPERATION_TEXTS(language);
  const label = kindText(language, kind);
  if (done && state !== OperationState.SUCCEEDED) return "";
  if (unitCount === undefined || unitCount === 0)
    return done ? "" : html`<progress class="work" aria-label="${label}"></progress>`;
  const now = doneCount + skippedCount;
  const words = t.of(number(language, now), number(language, unitCount));
  return html`<progress class="work" max="${unitCount}" value="${now}" aria-label="${label}">${words}</progress><p>${words}</p>`;
}

/** What was done and what was not, by reason. */
function counts({ language }: Visit, { resultCounts, skippedCounts, skippedCount }: Operation): Content {
  const t = OPERATION_TEXTS(language);
  const results = Object.entries(resultCounts).map(
    ([name, count]) => html`<li>${resultWord(language, name)}: ${number(language, count)}</li>`,
  );
  const skipped = Object.entries(skippedCounts).map(
    ([name, count]) => html`<li>${reasonWord(language, name)}: ${number(language, count)}</li>`,
  );
  return html`${results.length === 0 ? "" : html`<h2>${t.results}</h2><ul>${results}</ul>`}
${skippedCount === 0 ? "" : html`<h2>${t.skipped(number(language, skippedCount))}</h2><ul>${skipped}</ul>`}`;
}

/** Where to go once it is done. */
function onward(
  { language }: Visit,
  { kind, state }: Operation,
  { projectId, isDraft, isManager }: Circumstances,
): Content {
  const t = OPERATION_TEXTS(language);
  const tasks = html`<a href="/v1/projects/${projectId}/tasks"${isDraft ? "" : html` class="button"`}>${t.toTasks}</a>`;
  if (kind !== "CreateTasks" || !isManager) return html`<p>${tasks}</p>`;
  if (state !== OperationState.SUCCEEDED)
    return html`<p><a class="button" href="/console/projects/${projectId}/cut">${t.cutAgain}</a></p>`;
  if (!isDraft) return html`<p>${tasks}</p>`;
  return html`<p><a class="button" href="/console/projects/${projectId}/who">${t.toWho}</a> ${tasks}</p>`;
}
