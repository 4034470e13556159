import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Progress } from "@tessera/contracts/tessera/task/v1/progress_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import { type Html, html, trusted } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { type Bounds, boundsOf, degreesOf } from "./bounds.ts";
import type { DrawnTasks } from "./draw-tasks.ts";
import { picturedTasks } from "./kept-pictures.ts";
import { legend, summary } from "./legend.ts";
import { mapAttributes } from "./map-words.ts";
import { MAP_TEXTS } from "./texts.ts";
import { viewBoxOf } from "./view.ts";

/** A project whose tasks are farther apart lies on both sides of 180° of longitude. */
const HALF_WORLD_DEGREES = 180;

/**
 * The tasks of a project by state and lock: a picture with a legend, which needs no script. Scripts put an interactive map in
 * its place when a person asks for that, and show changes as they happen.
 */
export async function taskPicture(visit: Visit, projectId: number): Promise<Html> {
  const { language } = visit;
  const t = MAP_TEXTS(language);
  const found = await readTasks(visit, projectId);
  if (found === undefined) return html`<p>${t.noTasks}</p>`;
  const path = `/v1/projects/${projectId}/tasks`;
  return html`<figure class="map" id="map-${projectId}" data-map="tasks" data-project="${projectId}" data-bounds="${degreesOf(found.bounds).join()}" data-task-path="${path}/"${mapAttributes(visit)}>
<div class="map-stage" id="map-stage-${projectId}" data-map-stage hx-morph-skip hidden></div>
${taskPicturePart(visit, projectId, found)}
<p class="map-tools"><button type="button" class="quiet" data-map-open hidden>${t.open}</button> <a href="${path}">${t.table}</a> <span class="live-state" data-live-state role="status" data-live-text="${t.live}" data-connecting-text="${t.connecting}" data-notlive-text="${t.notLive}"></span></p>
</figure>`;
}

/** What is drawn of a project. */
export interface FoundTasks {
  bounds: Bounds;
  progress: Progress;
  drawn: DrawnTasks;
}

/** Reads and draws the tasks of a project; undefined if it has none. */
export async function readTasks(visit: Visit, projectId: number): Promise<FoundTasks | undefined> {
  const { ask, deps } = visit;
  const [{ progress }, { document }] = await Promise.all([
    ask(TaskService.method.getProgress, { projectId }),
    ask(TaskTileService.method.getTaskTileSet, { projectId, publicUrl: deps.publicUrl }),
  ]);
  if (progress === undefined || progress.taskCount === 0) return undefined;
  const { bounds: degrees } = JSON.parse(Buffer.from(document).toString()) as { bounds: Corners };
  const bounds = await boundsFrom(visit, projectId, degrees);
  return { bounds, progress, drawn: await picturedTasks(visit, projectId, bounds, `tasks-${projectId}`) };
}

/** The picture and its legend: what is shown again when tasks change. */
export function taskPicturePart({ language }: Visit, projectId: number, found: FoundTasks): Html {
  const { progress, drawn } = found;
  const label = summary(language, progress, drawn.held);
  return html`<div class="map-view" id="map-picture-${projectId}" data-live="picture" hx-get="/console/projects/${projectId}/picture" hx-trigger="tasks-changed" hx-target="this" hx-swap="outerMorph"><svg data-map-picture class="tasks" viewBox="${viewBoxOf(drawn.view)}" role="img" aria-label="${label}">${trusted(drawn.svg)}</svg>
${legend(language, progress, drawn.held)}</div>`;
}

type Corners = [west: number, south: number, east: number, north: number];

async function boundsFrom({ ask }: Visit, projectId: number, [west, south, east, north]: Corners) {
  if (east - west <= HALF_WORLD_DEGREES) return boundsOf({ west, south, east, north });
  const { project } = await ask(ProjectService.method.getProject, { projectId });
  return boundsOf(project?.boundingBox ?? { west, south, east, north });
}
