import { form, refusalAt } from "../forms/form.ts";
import { number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import { areaDrawing, type DrawnOn } from "../maps/area-drawing.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";

const MEGABYTE = 1_048_576;
/** The endings of the files that are read. The service looks at what is in them, whatever they are called. */
const ACCEPT =
  ".geojson,.json,.geojsonl,.ndjson,.kml,.kmz,.gpx,.zip,.shp,.osm,.xml,.gz,application/geo+json,application/zip";

/** The ways to say where a project is: a file, or a drawing. `projectId` is the project that it is for, or "". */
export function areaForms(visit: Visit, projectId: string, drawn: DrawnOn = {}) {
  const t = MAKING_TEXTS(visit.language).area;
  const upload = { method: "POST", action: "/v1/area-uploads", submit: t.fileSubmit, file: true } as const;
  return html`<section class="choice"><h2>${t.file}</h2>
${form(visit, upload, keptProject(projectId), fileField(visit, upload))}</section>
<section class="choice"><h2>${t.draw}</h2><p>${t.drawHelp}</p>
${drawForm(visit, projectId, drawn)}</section>`;
}

/** The form of a drawing. */
export function drawForm(visit: Visit, projectId: string, drawn: DrawnOn) {
  const { drawSubmit: submit } = MAKING_TEXTS(visit.language).area;
  const command = { method: "POST", action: "/console/new-project/drawing", submit } as const;
  return form(visit, command, keptProject(projectId), areaDrawing(visit, drawn));
}

function keptProject(projectId: string) {
  return html`<input type="hidden" name="project_id" value="${projectId}">`;
}

/** The field of a file. A browser never fills one in again. */
export function fileField(
  visit: Visit,
  command: { method: "POST" | "PUT"; action: string; part?: string },
  texts = MAKING_TEXTS(visit.language).area,
  accept = ACCEPT,
) {
  const { language, deps } = visit;
  const fault = refusalAt(visit, command)?.violations.find((it) => it.field === "file");
  const id = `file-${command.action.replaceAll(/[^a-z0-9]+/gi, "-")}`;
  return html`<div class="field"><label for="${id}">${texts.fileLabel}</label>
<p class="help" id="${id}-help">${texts.fileHelp} ${MAKING_TEXTS(language).area.fileMost(number(language, deps.fileMaxBytes / MEGABYTE))}</p>
${fault === undefined ? "" : html`<p class="fault" id="${id}-fault">${fault.description}</p>`}
<input type="file" id="${id}" name="file" required accept="${accept}" aria-describedby="${id}-help${fault === undefined ? "" : ` ${id}-fault`}"></div>`;
}
