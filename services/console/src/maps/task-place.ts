import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type Html, html, trusted } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { areaData, boundsAround } from "./areas.ts";
import { widened } from "./bounds.ts";
import { picturedTasks } from "./kept-pictures.ts";
import { MAP_TEXTS } from "./texts.ts";
import { viewBoxOf } from "./view.ts";

/** Neighbours are shown as far as the task is wide. */
const ROOM = 1;

/** Where a task is: its area, and the tasks around it by state. The task comes from GetTask, with its area. */
export async function taskPlace(visit: Visit, task: Task): Promise<Html> {
  const { projectId, taskId, area } = task;
  const around = boundsAround(area?.coordinates ?? []);
  if (area === undefined || around === undefined) return html``;
  const label = MAP_TEXTS(visit.language).place(String(taskId));
  const name = `place-${projectId}-${taskId}`;
  const { svg, view } = await picturedTasks(visit, projectId, widened(around, ROOM), name);
  return html`<figure class="map task-place"><svg class="tasks" viewBox="${viewBoxOf(view)}" role="img" aria-label="${label}">${trusted(svg)}<path class="task-here" d="${areaData(area, view)}"/></svg></figure>`;
}
