import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { form } from "../forms/form.ts";
import { number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { areaForms } from "./area-forms.ts";
import { picture } from "./picture.ts";
import { standing } from "./settings/group-form.ts";
import { SETTING_TEXTS } from "./settings/setting-texts.ts";
import { managedProject } from "./settings/settings-view.ts";
import { stepLinks, steps } from "./steps.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { uploadTable } from "./upload-table.ts";

const UPLOADS_SHOWN = 10;

/** The area of a project that is there: as it is, and how to change it. */
export async function showProjectArea(visit: Visit): Promise<Page> {
  const { ask, language } = visit;
  const [t, s] = [MAKING_TEXTS(language), SETTING_TEXTS(language)];
  const project = await managedProject(visit);
  const { projectId, name, area, priorityAreas, revision } = project;
  const own = `/console/projects/${projectId}`;
  const { areaUploads } = await ask(AreaService.method.listAreaUploads, { pageSize: UPLOADS_SHOWN });
  const label = t.squareKilometres(number(language, project.areaSquareKilometres, 1));
  const urgent = priorityAreas === undefined ? [] : [priorityAreas];
  const drawn = picture(label, [
    { name: "area", areas: area === undefined ? [] : [area] },
    { name: "urgent", areas: urgent },
  ]);
  const clear = {
    method: "PATCH",
    action: `/v1/projects/${projectId}`,
    part: "priority-areas",
    revision,
    submit: s.clearPriority,
    quiet: true,
  } as const;
  const fit = {
    method: "POST",
    action: `/v1/projects/${projectId}/reconciliations`,
    submit: s.reconcile,
  } as const;
  const isDraft = project.status === ProjectStatus.DRAFT;
  const body = html`<h1>${s.area}</h1>${isDraft ? steps(visit, "area", { projectId }) : ""}
<figure class="map-picture">${drawn}<figcaption>${label}${urgent.length > 0 ? html` · ${s.priorityShown}` : ""}</figcaption></figure>
${urgent.length > 0 ? form(visit, clear, standing("area", `${own}/area`)) : ""}
<section><h2>${s.newArea}</h2><p>${s.newAreaHelp}</p>${areaForms(visit, String(projectId), { near: area })}
${areaUploads.length === 0 ? "" : uploadTable(visit, areaUploads, `?project_id=${projectId}`)}</section>
<section><h2>${s.reconcileTitle}</h2><p>${s.reconcileHelp}</p>${form(visit, fit)}</section>
${isDraft ? "" : html`<section><h2>${t.cut.fill.title}</h2><p>${t.cut.fill.help}</p><p><a class="button secondary" href="${own}/cut?fill=true">${t.cut.look}</a></p></section>`}
${isDraft ? stepLinks(visit, { next: `${own}/name` }) : html`<p><a href="${own}/settings">${s.title}</a></p>`}`;
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: `/v1/projects/${projectId}`, name },
  ];
  return { title: s.area, body, trail };
}
