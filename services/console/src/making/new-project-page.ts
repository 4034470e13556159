import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { type Content, html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { areaForms } from "./area-forms.ts";
import { steps } from "./steps.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { uploadTable } from "./upload-table.ts";

const UPLOADS_SHOWN = 10;

/** The first step to a project: its area, from a file, drawn, or by four numbers. */
export async function showNewProject(visit: Visit): Promise<Page> {
  const { language, person } = visit;
  const t = MAKING_TEXTS(language);
  const body = html`<h1>${t.title}</h1>${steps(visit, "area", {})}
<p class="lead">${t.area.lead}</p>
${person === undefined ? html`<p class="alert">${t.signInFirst} <a class="button" href="/console/sign-in?next=/console/new-project">${t.signIn}</a></p>` : html`${areaForms(visit, "")}${await earlier(visit)}`}`;
  const trail = [{ href: "/v1/projects", name: t.projects }];
  return { title: t.title, body, trail };
}

/** The uploads that are still kept: a person who comes back finds them. */
async function earlier(visit: Visit): Promise<Content> {
  const t = MAKING_TEXTS(visit.language);
  const { areaUploads } = await visit.ask(AreaService.method.listAreaUploads, { pageSize: UPLOADS_SHOWN });
  if (areaUploads.length === 0) return "";
  return html`<section><h2>${t.uploads.title}</h2><p>${t.uploads.help}</p>${uploadTable(visit, areaUploads)}</section>`;
}
