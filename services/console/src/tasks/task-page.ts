import { taskEditor, taskFile } from "../files/file-address.ts";
import { type Content, html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import { taskPlace } from "../maps/task-place.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { editorLinks } from "./editor-links.ts";
import { filledInstructions } from "./filled-instructions.ts";
import { type Neighbours, neighboursOf } from "./neighbours.ts";
import { readTask, type TaskView } from "./read-task.ts";
import { stateMark } from "./state.ts";
import { taskPath } from "./task-address.ts";
import { TASK_TEXTS } from "./texts.ts";
import { workSection } from "./work-section.ts";

/** One task, whatever its state: what it is, who holds it, and what its reader can do with it. */
export async function showTask(visit: Visit): Promise<Page> {
  const t = TASK_TEXTS(visit.language);
  const view = await readTask(visit);
  const [neighbours, place] = await Promise.all([
    neighboursOf(visit, view.task),
    taskPlace(visit, view.task),
  ]);
  const { head, task } = view;
  const title = t.task(task.taskId);
  const work = () => workSection(visit, view);
  const beside = (own: Content = "") =>
    html`<aside id="beside" aria-label="${t.beside}"${own}>
${place}${instructions(visit, view)}${editors(visit, view)}${around(visit, neighbours)}
</aside>`;
  // What stands beside the work changes with it: the picture of the task and the states of its neighbours.
  const changed = () => html`${work()}${beside(html` hx-swap-oob="outerMorph"`)}`;
  const body = html`<h1>${title}</h1>${head.status}${head.tabs("tasks")}
${numbers(visit, neighbours)}
<div class="task-page"><div>${work()}</div>
${beside()}</div>`;
  const trail = [...head.trail, { href: `/v1/projects/${task.projectId}/tasks`, name: t.tasks }];
  return { title, body, parts: { work: changed }, trail };
}

function numbers({ language }: Visit, { previous, following }: Neighbours) {
  const t = TASK_TEXTS(language);
  if (previous === undefined && following === undefined) return "";
  return html`<nav class="numbers" aria-label="${t.tasks}"><ul>
${previous === undefined ? "" : html`<li><a href="${taskPath(previous)}" rel="prev">${t.previous} (${previous.taskId})</a></li>`}
${following === undefined ? "" : html`<li><a href="${taskPath(following)}" rel="next">${t.following} (${following.taskId})</a></li>`}
</ul></nav>`;
}

function instructions({ language }: Visit, { head, task }: TaskView) {
  const t = TASK_TEXTS(language);
  const own = head.project.taskInstructions ?? "";
  const path = `/v1/projects/${task.projectId}`;
  return html`<section><h2>${t.instructions}</h2>${own === "" ? html`<p>${t.noInstructions}</p>` : markdown(filledInstructions(own, task))}
<p><a href="${path}">${t.projectInstructions}</a></p></section>`;
}

function editors({ language }: Visit, { head, task }: TaskView) {
  const t = TASK_TEXTS(language);
  if (task.area === undefined || task.area.polygonLengths.length === 0) return "";
  // Addresses that read in somebody's name are made when they are followed.
  const links = editorLinks(task.area, head.project, { title: `Task ${task.taskId}`, outline: "" });
  const josm = [
    [links.josmData, t.josmData],
    [taskEditor(task, "josm"), t.josmOutline],
    [links.josmImagery, t.josmImagery],
  ] as const;
  const away = html` rel="noopener noreferrer" target="_blank"`;
  const files = (["gpx", "osm", "geojson"] as const).map(
    (form) => html`<li><a href="${taskFile(task, form)}" hx-boost="false">${form.toUpperCase()}</a></li>`,
  );
  return html`<section class="editors"><h2>${t.open}</h2>
<ul>${josm.map(([href, name]) => (href === undefined ? "" : html`<li><a href="${href}"${away}>${name}</a></li>`))}
<li><a href="${taskEditor(task, "id")}"${away}>${t.id}</a></li></ul>
<p class="help">${t.josmHelp}</p><p>${t.files}</p><ul class="files">${files}</ul></section>`;
}

function around({ language }: Visit, { around: tasks }: Neighbours) {
  const t = TASK_TEXTS(language);
  const items = tasks.map(
    (it) =>
      html`<li><a href="${taskPath(it)}">${t.task(it.taskId)}</a> ${stateMark(language, it.state)}</li>`,
  );
  return html`<section><h2>${t.neighbours}</h2>${items.length === 0 ? html`<p>${t.none}</p>` : html`<ul class="neighbours">${items}</ul>`}</section>`;
}
