import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type Html, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { mapAttributes } from "./map-words.ts";
import { MAP_TEXTS } from "./texts.ts";
import { placeIn, viewBoxOf } from "./view.ts";
import { WORLD, worldPaths } from "./world.ts";

/** What a mark needs to know of a project. */
export type MarkedProject = Pick<Project, "projectId" | "name" | "centroid">;

const RADIUS = 7;
const TOUCH_RADIUS = 16;

/** A map of the world with a mark for each project, which leads to it. The list of the projects beside it has the same links. */
export function projectsPicture(visit: Visit, projects: readonly MarkedProject[]): Html {
  const t = MAP_TEXTS(visit.language);
  const marked = projects.filter(({ centroid }) => centroid !== undefined);
  const marks = marked.map(({ projectId, name, centroid }) => {
    const [x, y] = placeIn(WORLD, centroid?.longitude ?? 0, centroid?.latitude ?? 0);
    // The keyboard reaches the projects in their list.
    return html`<a href="/v1/projects/${projectId}" tabindex="-1" aria-label="${name}"><title>${name}</title><circle class="touch" cx="${x}" cy="${y}" r="${TOUCH_RADIUS}"/><circle class="project-mark" cx="${x}" cy="${y}" r="${RADIUS}"/></a>`;
  });
  return html`<figure class="map" id="map-projects" data-map="projects"${mapAttributes(visit)}>
<div class="map-stage" id="map-stage-projects" data-map-stage hx-morph-skip hidden></div>
<div class="map-view" id="map-picture-projects"><svg class="world" data-map-picture viewBox="${viewBoxOf(WORLD)}" role="group" aria-label="${t.projects(marked.length)}">${worldPaths()}${marks}</svg></div>
<p class="map-tools"><button type="button" class="quiet" data-map-open hidden>${t.openProjects}</button></p>
</figure>`;
}
