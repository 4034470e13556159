import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { field } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import { attributes, html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { fileField } from "./area-forms.ts";
import { cutPreview, proposedCut } from "./cut-preview.ts";
import { type Cut, cutFrom, isFill, WAYS, type Way } from "./cut-way.ts";
import { picture } from "./picture.ts";
import { stepLinks, steps } from "./steps.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { zoomRange } from "./zoom-range.ts";

/** The fourth step: how the area is cut into tasks, seen before it is done. */
export async function showCut(visit: Visit): Promise<Page> {
  const { ask, params, language } = visit;
  const t = MAKING_TEXTS(language);
  const projectId = Number(params.project_id);
  const [{ project }, { progress }] = await Promise.all([
    ask(ProjectService.method.getProject, { projectId }),
    ask(TaskService.method.getProgress, { projectId }),
  ]);
  if (project === undefined) throw new Error(`project ${projectId} came without a document`);
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: `/v1/projects/${projectId}`, name: project.name },
  ];
  const isFilling = isFillingWith(visit);
  const head = isFilling
    ? html`<h1>${t.cut.fill.title}</h1><p class="notice">${t.cut.fill.help}</p>`
    : html`<h1>${t.cut.title}</h1>${steps(visit, "cut", { projectId })}`;
  const tasks = progress?.taskCount ?? 0;
  if (tasks > 0 && !isFilling) {
    const body = html`${head}<p class="notice">${t.cut.isCut(tasks)}</p>
<p><a href="/console/projects/${projectId}/cut?fill=true">${t.cut.fill.title}</a></p>
${stepLinks(visit, { back: `/console/projects/${projectId}/name`, next: `/console/projects/${projectId}/who` })}`;
    return { title: t.cut.title, body, trail };
  }
  const way = wayOf(visit);
  if (way === "areas") {
    const body = html`${head}<p class="lead">${t.cut.lead}</p>${ways(visit, projectId, way)}${givenAreas(visit, project)}`;
    return { title: t.cut.title, body, trail };
  }
  const cut = chosenCut(visit, project, way);
  const made = await cutPreview(visit, project, cut);
  const preview = () => html`<section id="preview" aria-live="polite">${made}</section>`;
  const body = html`${head}<p class="lead">${t.cut.lead}</p>${ways(visit, projectId, way)}
${chooser(visit, project, way, cut)}${preview()}
${isFilling ? "" : stepLinks(visit, { back: `/console/projects/${projectId}/name` })}`;
  return { title: isFilling ? t.cut.fill.title : t.cut.title, body, trail, parts: { preview } };
}

function isFillingWith({ query, refused }: Visit): boolean {
  return isFill((name) => refused?.form.text(name) ?? query.get(name));
}

function wayOf({ query, refused }: Visit): Way {
  if (refused?.form.text("_part") === "areas") return "areas";
  return WAYS.find((it) => it === query.get("way")) ?? "zoom";
}

/** What is asked for: in the address, in a form that was refused, or what is proposed. */
function chosenCut({ query, refused }: Visit, project: Project, way: Way): Cut {
  const cut = cutFrom((name) => refused?.form.text(name) ?? query.get(name));
  const { fill, ...chosen } = cut;
  return { ...(Object.keys(chosen).length > 0 ? chosen : proposedCut(project, way)), ...(fill && { fill }) };
}

function ways(visit: Visit, projectId: number, current: Way) {
  const t = MAKING_TEXTS(visit.language).cut;
  const more = isFillingWith(visit) ? "&fill=true" : "";
  const links = WAYS.map(
    (way) =>
      html`<li><a href="/console/projects/${projectId}/cut?way=${way}${more}"${way === current ? html` aria-current="page"` : ""}>${t.ways[way]}</a></li>`,
  );
  return html`<nav class="tabs" aria-label="${t.waysLabel}"><ul>${links}</ul></nav>`;
}

/** The form whose every change refreshes the preview; a button does so without scripts. */
function chooser(visit: Visit, project: Project, way: Way, cut: Cut) {
  const t = MAKING_TEXTS(visit.language).cut;
  const action = `/console/projects/${project.projectId}/cut`;
  const own = { method: "POST", action } as const;
  const controls = {
    zoom: () => zoomControls(visit, project, cut),
    count: () =>
      field(visit, own, {
        name: "task_count",
        label: t.count,
        help: t.countHelp,
        type: "number",
        min: 1,
        max: 100_000,
        value: cut.taskCount,
        required: true,
      }),
    size: () =>
      field(visit, own, {
        name: "size_metres",
        label: t.size,
        help: t.sizeHelp,
        type: "number",
        min: 1,
        max: 100_000,
        value: cut.sizeMetres,
        required: true,
      }),
    areas: () => "",
  }[way]();
  return html`<form method="get" action="${action}" class="chooser" hx-trigger="input delay:300ms, submit" hx-sync="this:replace" hx-target="#preview" hx-swap="outerMorph" hx-replace-url="true">
<input type="hidden" name="way" value="${way}">${fillField(visit)}${controls}<button class="secondary">${t.look}</button></form>`;
}

function fillField(visit: Visit) {
  return isFillingWith(visit) ? html`<input type="hidden" name="fill" value="true">` : "";
}

function zoomControls({ language }: Visit, project: Project, { zoom, edge }: Cut) {
  const t = MAKING_TEXTS(language).cut;
  const { least, most } = zoomRange(project.areaSquareKilometres, project.centroid?.latitude ?? 0);
  const isWhole = edge === 2;
  return html`<div class="field"><label for="zoom">${t.zoom}</label><p class="help" id="zoom-help">${t.zoomHelp}</p>
<div class="slider"><span aria-hidden="true">${t.larger}</span><input type="range" id="zoom" name="zoom" min="${least}" max="${most}" step="1" value="${zoom}" aria-describedby="zoom-help"><span aria-hidden="true">${t.smaller}</span></div></div>
<fieldset class="field"><legend>${t.edge}</legend>
<label class="check"><input type="radio" name="edge" value="GRID_EDGE_CLIPPED"${attributes({ checked: !isWhole })}> <span>${t.clipped}</span></label>
<label class="check"><input type="radio" name="edge" value="GRID_EDGE_WHOLE"${attributes({ checked: isWhole })}> <span>${t.whole}</span></label></fieldset>`;
}

/** The form for tasks that somebody drew already. */
function givenAreas(visit: Visit, { projectId, area }: Project) {
  const t = MAKING_TEXTS(visit.language).cut;
  const command = {
    method: "POST",
    action: `/v1/projects/${projectId}/tasks`,
    part: "areas",
    file: true,
    submit: t.areasSubmit,
  } as const;
  const texts = { ...MAKING_TEXTS(visit.language).area, fileLabel: t.areasFile, fileHelp: t.areasHelp };
  return html`<section id="given">${form(visit, command, fillField(visit), fileField(visit, command, texts, ".geojson,.json"))}
${faultPlace(visit, area)}</section>`;
}

/** Where a refusal says that something is wrong, on the area. */
function faultPlace({ refused, language }: Visit, area: Project["area"]) {
  const { longitude, latitude } = refused?.refusal.metadata ?? {};
  if (longitude === undefined || latitude === undefined) return "";
  const place = { longitude: Number(longitude), latitude: Number(latitude), name: "1" };
  const drawn = picture(
    MAKING_TEXTS(language).look.faultPicture(1),
    [{ name: "area", areas: area ? [area] : [] }],
    [place],
  );
  return html`<figure class="map-picture">${drawn}</figure>`;
}
