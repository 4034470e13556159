import { type Html, html, trusted } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { degreesOf } from "./bounds.ts";
import { type FoundTasks, findTasks } from "./found-tasks.ts";
import { legend, summary } from "./legend.ts";
import { mapAttributes } from "./map-words.ts";
import { MAP_TEXTS } from "./texts.ts";
import { viewBoxOf } from "./view.ts";

/**
 * The tasks of a project by state and lock: a picture with a legend, which needs no script. Scripts put an interactive map in
 * its place when a person asks for that, and show changes as they happen.
 */
export async function taskPicture(visit: Visit, projectId: number): Promise<Html> {
  const { language } = visit;
  const t = MAP_TEXTS(language);
  const found = await findTasks(visit, projectId);
  if (found === undefined) return html`<p>${t.noTasks}</p>`;
  const path = `/v1/projects/${projectId}/tasks`;
  return html`<figure class="map" id="map-${projectId}" data-map="tasks" data-project="${projectId}" data-bounds="${degreesOf(found.bounds).join()}" data-task-path="${path}/"${mapAttributes(visit)}>
<div class="map-stage" id="map-stage-${projectId}" data-map-stage hx-morph-skip hidden></div>
${taskPicturePart(visit, projectId, found)}
<p class="map-tools"><button type="button" class="quiet" data-map-open hidden>${t.open}</button> <a href="${path}">${t.table}</a> <span class="live-state" data-live-state role="status" data-live-text="${t.live}" data-connecting-text="${t.connecting}" data-notlive-text="${t.notLive}"></span></p>
</figure>`;
}

/** The picture and its legend: what is shown again when tasks change. */
export function taskPicturePart({ language }: Visit, projectId: number, found: FoundTasks): Html {
  const { progress, drawn } = found;
  const label = summary(language, progress, drawn.held);
  return html`<div class="map-view" id="map-picture-${projectId}" data-live="picture" hx-get="/console/projects/${projectId}/picture" hx-trigger="tasks-changed" hx-target="this" hx-swap="outerMorph"><svg data-map-picture class="tasks" viewBox="${viewBoxOf(drawn.view)}" role="img" aria-label="${label}">${trusted(drawn.svg)}</svg>
${legend(language, progress, drawn.held)}</div>`;
}
