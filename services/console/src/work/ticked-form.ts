import { type Command, form } from "../forms/form.ts";
import { number } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import type { ProjectHead } from "../projects/project-tabs.ts";
import type { Visit } from "../visits/visit.ts";
import { filterIn } from "./task-change-page.ts";
import { TASK_CHANGE_TEXTS } from "./task-change-texts.ts";

/**
 * The table of tasks in a form with what its reader may do with the ticked ones: lock them for mapping or for validation,
 * and, as a manager, change them. Without boxes for a reader who may do none of this.
 */
export function tickedForm(
  visit: Visit,
  { projectId, access }: ProjectHead,
  table: (ticked: ReadonlySet<string> | undefined) => Content,
): Content {
  const { language, query, refused } = visit;
  const t = TASK_CHANGE_TEXTS(language);
  const purposes = [
    ["MAPPING", access.mapping?.permitted],
    ["VALIDATION", access.validation?.permitted],
  ] as const;
  const locks = purposes.flatMap(([purpose, isPermitted]) =>
    isPermitted
      ? html`<button name="purpose" value="LOCK_PURPOSE_${purpose}">${t[`lock${purpose}`]}</button> `
      : [],
  );
  // The address of the list is kept for the page that is shown again if that is refused.
  const list = query.size === 0 ? "" : `?${query}`;
  const changes = `/console/projects/${projectId}/task-changes`;
  const change = access.management?.permitted
    ? html`<button class="quiet" formaction="${changes}${list}">${t.ticked}</button>`
    : "";
  if (visit.person === undefined || (locks.length === 0 && change === "")) return table(undefined);
  const ticked = new Set(refused?.form.all("task_ids"));
  const command: Command = {
    method: "POST",
    action: `/v1/projects/${projectId}/locks${list}`,
    part: "table",
  };
  // The alert above the table says why; the form stands as it was.
  return form(
    { ...visit, refused: undefined },
    command,
    table(ticked),
    html`<p class="table-acts">${locks}${change}</p>`,
  );
}

/** The way to change all tasks that the table shows, on all of its pages. */
export function changeLink(
  { language, query }: Visit,
  { projectId, access }: ProjectHead,
  count: number,
): Content {
  if (!access.management?.permitted) return "";
  const t = TASK_CHANGE_TEXTS(language);
  const filter = filterIn([...new Set(query.keys())], (name) => query.getAll(name));
  const address = `/console/projects/${projectId}/task-changes${filter.size === 0 ? "" : `?${filter}`}`;
  return html`<p><a href="${address}">${t.chosen(number(language, count), count)}</a></p>`;
}
