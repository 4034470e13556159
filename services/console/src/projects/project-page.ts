import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { percent } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { markdown } from "../html/markdown.ts";
import { progressBar } from "../html/progress-bar.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { PROJECT_TEXTS } from "./texts.ts";

/** One project. */
export async function showProject(visit: Visit): Promise<Page> {
  const { ask, params, language } = visit;
  const t = PROJECT_TEXTS(language);
  const projectId = Number(params.project_id);
  const { project } = await ask(ProjectService.method.getProject, { projectId });
  const { name = "", shortDescription, instructions = "", progress } = project ?? {};
  const { mappedPercent = 0, validatedPercent = 0 } = progress ?? {};
  const label = `${t.mapped(percent(language, mappedPercent))}, ${t.validated(percent(language, validatedPercent))}`;
  const body = html`<h1 dir="auto">${name}</h1><p class="lead" dir="auto">${shortDescription}</p>
${progressBar(label, mappedPercent, validatedPercent)}
<p><a class="button" href="/v1/projects/${projectId}/tasks">${t.tasks}</a></p>
<section><h2>${t.instructions}</h2>${markdown(instructions)}</section>`;
  return { title: name, body, trail: [{ href: "/v1/projects", name: t.title }] };
}
