import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { percent } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { progressBar } from "../html/progress-bar.ts";
import type { Visit } from "../visits/visit.ts";
import { PROJECT_TEXTS } from "./texts.ts";

/** Projects as cards, or a sentence if there are none. */
export function projectCards({ language }: Visit, projects: readonly Project[]) {
  const t = PROJECT_TEXTS(language);
  if (projects.length === 0) return html`<p>${t.none}</p>`;
  const cards = projects.map(({ projectId, name, shortDescription, progress }) => {
    const { mappedPercent = 0, validatedPercent = 0 } = progress ?? {};
    const label = `${t.mapped(percent(language, mappedPercent))}, ${t.validated(percent(language, validatedPercent))}`;
    return html`<li class="card"><h2><a href="/v1/projects/${projectId}" dir="auto">${name}</a></h2>
<p dir="auto">${shortDescription}</p>${progress === undefined ? "" : progressBar(label, mappedPercent, validatedPercent)}</li>`;
  });
  return html`<ul class="cards">${cards}</ul>`;
}
