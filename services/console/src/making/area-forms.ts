import { field } from "../forms/field.ts";
import { form, refusalAt } from "../forms/form.ts";
import { number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";

const MEGABYTE = 1_048_576;
/** The endings of the files that are read. The service looks at what is in them, whatever they are called. */
const ACCEPT =
  ".geojson,.json,.geojsonl,.ndjson,.kml,.kmz,.gpx,.zip,.shp,.osm,.xml,.gz,application/geo+json,application/zip";

/** The ways to say where a project is: a file, a drawing, or a rectangle of four numbers. `projectId` is the project that it is for, or "". */
export function areaForms(visit: Visit, projectId: string) {
  const t = MAKING_TEXTS(visit.language).area;
  const kept = html`<input type="hidden" name="project_id" value="${projectId}">`;
  const upload = { method: "POST", action: "/v1/area-uploads", submit: t.fileSubmit, file: true } as const;
  const draw = { method: "POST", action: "/console/new-project/drawing", submit: t.drawSubmit } as const;
  const box = { method: "POST", action: "/console/new-project/rectangle", submit: t.boxSubmit } as const;
  const isOpen = (command: typeof draw | typeof box) => (refusalAt(visit, command) ? html` open` : "");
  return html`<section class="choice"><h2>${t.file}</h2>
${form(visit, upload, kept, fileField(visit, upload))}</section>
<section class="choice"><h2>${t.draw}</h2><p>${t.drawHelp}</p>
${form(visit, draw, kept, field(visit, draw, { name: "area", label: t.geojson, help: t.geojsonHelp, rows: 4, required: true }))}</section>
<details class="choice"${isOpen(box)}><summary>${t.box}</summary><p>${t.boxHelp}</p>
${form(visit, box, kept, html`<div class="four">${(["west", "south", "east", "north"] as const).map((side) => field(visit, box, { name: side, label: t[side], type: "number", step: "any", required: true, min: side === "west" || side === "east" ? -180 : -90, max: side === "west" || side === "east" ? 180 : 90 }))}</div>`)}</details>`;
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
