import { html } from "../html/html.ts";
import { projectCards } from "../projects/project-card.ts";
import { readProjects } from "../projects/project-list-page.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { HOME_TEXTS } from "./texts.ts";

/** The first page: what the system is for, and projects to help with. */
export async function showHome(visit: Visit): Promise<Page> {
  const t = HOME_TEXTS(visit.language);
  const { projects } = await readProjects(visit);
  const body = html`<h1>${t.title}</h1><p class="lead">${t.lead}</p>
${projectCards(visit, projects)}
<p><a class="button" href="/v1/projects">${t.allProjects}</a></p>`;
  return { title: t.title, body };
}
