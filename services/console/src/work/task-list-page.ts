import { type ListTasksResponse, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import { taskPicture } from "../maps/task-picture.ts";
import { type NameOf, namesOf } from "../people/names.ts";
import { type ProjectHead, projectHead } from "../projects/project-tabs.ts";
import { cleaned } from "../projects/search-query.ts";
import { taskPath } from "../tasks/task-address.ts";
import { peopleIn as refusedPeople, taskAlert } from "../tasks/why-not.ts";
import type { Done, Page } from "../visits/page.ts";
import { pageSizeOf } from "../visits/page-size.ts";
import type { Visit } from "../visits/visit.ts";
import { personOptions } from "./person-options.ts";
import { PERSON_FILTERS, taskFilter } from "./task-filter.ts";
import { taskFilterForm } from "./task-filter-form.ts";
import { TASK_LIST_TEXTS } from "./task-list-texts.ts";
import { taskTable } from "./task-table.ts";
import { changeLink, tickedForm } from "./ticked-form.ts";

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 200;

/** The tasks of a project as a table beside their picture. The address says all filters. */
export async function showTasks(asked: Visit): Promise<Page | Done> {
  const { query, language, params } = asked;
  const t = TASK_LIST_TEXTS(language);
  const path = `/v1/projects/${Number(params.project_id)}/tasks`;
  // A form that was refused has another path.
  const visit = { ...asked, path };
  const clean = cleaned(query);
  if (clean !== undefined) return { see: clean.size === 0 ? path : `${path}?${clean}` };
  const projectId = Number(params.project_id);
  const [head, outcome, picture] = await Promise.all([
    projectHead(visit, projectId),
    readTasks(visit, projectId),
    taskPicture(visit, projectId),
  ]);
  const refusal = outcome instanceof Refusal ? outcome : undefined;
  const found = outcome instanceof Refusal ? undefined : outcome;
  const ids = [...peopleIn(visit, found), ...refusedPeople(visit.refused?.refusal.metadata)];
  const [nameOf, people] = await Promise.all([namesOf(visit, ids), personOptions(visit, ids)]);
  const results = () =>
    html`<div id="found"><div class="beside-map"><div>${refusal !== undefined && refusal.violations.length === 0 ? refusalAlert(visit, refusal) : ""}${taskFilterForm({ visit, refusal }, people)}</div>${picture}</div>
${found === undefined ? html`<p class="alert" role="alert">${t.faulty}</p>` : rowsOf(visit, found, nameOf, head)}</div>`;
  const body = html`<h1>${t.title(head.name)}</h1>${head.status}${head.tabs("tasks")}${results()}`;
  const page: Page = {
    title: t.title(head.name),
    body,
    parts: { found: results },
    trail: head.trail,
    wide: true,
  };
  return refusal === undefined ? page : { ...page, status: refusal.reason.httpStatus };
}

function rowsOf(visit: Visit, found: ListTasksResponse, nameOf: NameOf, head: ProjectHead) {
  const { language, path, query } = visit;
  const t = TASK_LIST_TEXTS(language);
  const count = found.taskCount ?? found.tasks.length;
  const clear = query.size === 0 ? "" : html`<p><a href="${path}">${t.clear}</a></p>`;
  const title = html`<div role="status"><h2>${count === 0 ? t.none : t.found(count)}</h2></div>`;
  if (found.tasks.length === 0)
    return html`${title}${query.size === 0 ? "" : html`<p>${t.loosen}</p>`}${clear}`;
  const table = tickedForm(visit, head, (ticked) =>
    taskTable(visit, found.tasks, { nameOf, caption: t.found(count), ticked }),
  );
  return html`${title}${clear}${changeLink(visit, head, count)}${whyRefused(visit, head.projectId, nameOf)}${table}${pager(visit, found.nextPageToken)}`;
}

/** Why the ticked tasks were not locked, and which of them is the reason. */
function whyRefused(visit: Visit, projectId: number, nameOf: NameOf) {
  const { refused, language } = visit;
  if (refused === undefined) return "";
  const t = TASK_LIST_TEXTS(language);
  const taskId = Number(refused.refusal.metadata.task_id);
  const which =
    taskId > 0
      ? html`<p><a href="${taskPath({ projectId, taskId })}">${t.task} ${taskId}</a> ${t.allOrNone}</p>`
      : "";
  return taskAlert(visit, refused.refusal, nameOf, which);
}

/** Reads the tasks that the address asks for, or the refusal of a filter. */
async function readTasks({ ask, query }: Visit, projectId: number): Promise<ListTasksResponse | Refusal> {
  const pageSize = pageSizeOf(query, PAGE_SIZE, PAGE_SIZE_MAX);
  const pageToken = query.get("page_token") ?? "";
  try {
    return await ask(TaskService.method.listTasks, {
      ...{ projectId, pageSize, pageToken, withTotal: true },
      filter: taskFilter(query),
    });
  } catch (error) {
    if (error instanceof Refusal && error.violations.length > 0) return error;
    throw error;
  }
}

/** The people of a page: its reader, those that filters name, and those that its tasks name. */
function peopleIn({ query, person }: Visit, found: ListTasksResponse | undefined): bigint[] {
  const chosen = PERSON_FILTERS.map((name) => query.get(name) ?? "").filter((it) => /^\d{1,18}$/.test(it));
  const named = (found?.tasks ?? []).flatMap((it) => [
    it.lock?.holderUserId,
    it.mappedByUserId,
    it.validatedByUserId,
    it.assignment?.userId,
  ]);
  const all = [person?.userId, ...chosen.map(BigInt), ...named];
  return [...new Set(all.filter((it) => it !== undefined && it > 0n) as bigint[])];
}
