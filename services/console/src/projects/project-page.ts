import { percent } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import { progressBar } from "../html/progress-bar.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { projectHead } from "./project-tabs.ts";
import { PROJECT_TEXTS } from "./texts.ts";

/** One project. */
export async function showProject(visit: Visit): Promise<Page> {
  const { params, language } = visit;
  const t = PROJECT_TEXTS(language);
  const projectId = Number(params.project_id);
  const { project, name, status, tabs, trail } = await projectHead(visit, projectId);
  const { shortDescription, instructions = "", progress } = project;
  const { mappedPercent = 0, validatedPercent = 0 } = progress ?? {};
  const label = `${t.mapped(percent(language, mappedPercent))}, ${t.validated(percent(language, validatedPercent))}`;
  const body = html`<h1 dir="auto">${name}</h1>${status}${tabs("overview")}<p class="lead" dir="auto">${shortDescription}</p>
${progressBar(label, mappedPercent, validatedPercent)}
<section><h2>${t.instructions}</h2>${markdown(instructions)}</section>`;
  return { title: name, body, trail: trail.slice(0, 1) };
}
