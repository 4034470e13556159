import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import {
  type AreaFault,
  AreaFormatSchema,
  type AreaUpload,
} from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { form } from "../forms/form.ts";
import { moment, number } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import { drawnArea } from "../maps/area-drawing.ts";
import { areaShape, type MarkedFault } from "../maps/area-picture.ts";
import { faultText } from "../texts/area-rules.ts";
import { enumName } from "../visits/enum-value.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { areaForms, drawForm } from "./area-forms.ts";
import { stepLinks, steps } from "./steps.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { useForProject } from "./use-for-project.ts";

/** The second step: what was found in a file, drawn and in words, and every fault at its place. */
export async function showAreaUpload(visit: Visit): Promise<Page> {
  const { ask, params, query, language } = visit;
  const t = MAKING_TEXTS(language);
  const sent = params.area_upload_id ?? visit.refused?.form.text("area_upload_id") ?? "";
  const areaUploadId = /^\d{1,18}$/.test(sent) ? BigInt(sent) : 0n;
  const { areaUpload: it } = await ask(AreaService.method.getAreaUpload, { areaUploadId });
  if (it === undefined) throw new Error("an upload came without a document");
  const projectId =
    visit.refused?.form.text("project_id") ??
    (visit.form.text("project_id") || query.get("project_id")) ??
    "";
  const isFor = /^[1-9]\d{0,9}$/.test(projectId) ? Number(projectId) : undefined;
  const isUsable = it.area !== undefined;
  const title = isUsable ? t.look.title : t.look.badTitle;
  const next =
    isFor !== undefined
      ? await useForProject(visit, it, isFor)
      : stepLinks(visit, { back: "/console/new-project", next: `/console/new-project/${areaUploadId}` });
  // What was drawn is mended where it was drawn.
  const isDrawn = !isUsable && drawnArea(visit.form) !== undefined;
  const again = isDrawn
    ? html`<section class="choice"><h2>${t.look.mend}</h2>${drawForm(visit, projectId, { faults: marked(visit, it.faults) })}</section>`
    : html`<section><h2>${t.look.again}</h2>${areaForms(visit, projectId)}</section>`;
  const body = html`<h1>${title}</h1>${isFor === undefined ? steps(visit, "look", { areaUploadId: String(areaUploadId) }) : ""}
${isUsable ? html`<p class="lead">${t.look.lead}</p>` : html`<div class="alert" role="alert"><p><strong>${t.look.bad(it.faultCount)}</strong></p><p>${isDrawn ? t.look.badDrawing : t.look.badMore}</p></div>`}
${isDrawn ? "" : drawing(visit, it)}${faultList(visit, it.faults)}${isDrawn ? again : ""}${notes(visit, it.notes)}${isDrawn ? "" : facts(visit, it)}
${isUsable ? next : isDrawn ? "" : again}`;
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: "/console/new-project", name: t.title },
  ];
  return { title, body, trail };
}

/** The area, or the places of its faults, on a map of borders. The faults are listed below it. */
function drawing(visit: Visit, { area, faults }: AreaUpload): Content {
  const shape = areaShape(visit, area ?? create(MultiPolygonSchema), marked(visit, faults));
  return String(shape) === "" ? "" : html`<figure class="map">${shape}</figure>`;
}

/** The faults that have a place. */
function marked(visit: Visit, faults: readonly AreaFault[]): MarkedFault[] {
  return byPlace(faults).flatMap((fault) => {
    const { place } = fault;
    if (place === undefined) return [];
    const { longitude, latitude } = place;
    return [{ longitude, latitude, label: faultText(visit.language, fault) }];
  });
}

/** Faults that have a place come first: their numbers are those on the picture. */
function byPlace(faults: readonly AreaFault[]): AreaFault[] {
  return [
    ...faults.filter(({ place }) => place !== undefined),
    ...faults.filter(({ place }) => place === undefined),
  ];
}

/** Every fault in words; the number is the one at its place on the picture. */
function faultList({ language }: Visit, faults: readonly AreaFault[]): Content {
  const t = MAKING_TEXTS(language);
  if (faults.length === 0) return "";
  const items = byPlace(faults).map((fault) => {
    const { place, path } = fault;
    const where =
      place === undefined
        ? ""
        : html` <span class="at">${t.look.at(number(language, place.latitude, 5), number(language, place.longitude, 5))}</span>`;
    return html`<li><span class="fault">${faultText(language, fault)}</span>${where}${path === "" ? "" : html`<br><small>${t.look.inFile} <code dir="ltr">${path}</code></small>`}</li>`;
  });
  return html`<section><h2>${t.look.faults}</h2><ol class="faults">${items}</ol></section>`;
}

function notes({ language }: Visit, names: readonly string[]): Content {
  const t = MAKING_TEXTS(language);
  if (names.length === 0) return "";
  const words: Readonly<Record<string, string>> = t.notes;
  return html`<section><h2>${t.look.notes}</h2><ul>${names.map((it) => html`<li>${words[it] ?? it}</li>`)}</ul></section>`;
}

function facts(visit: Visit, it: AreaUpload): Content {
  const { language } = visit;
  const t = MAKING_TEXTS(language);
  const countries = new Intl.DisplayNames([language === "ar-XB" ? "ar" : language.slice(0, 2)], {
    type: "region",
  });
  const formats: Readonly<Record<string, string>> = t.formats;
  const rows: (readonly [string, Content])[] = [
    [t.look.file, it.fileName === undefined ? t.uploads.unnamed : html`<bdi>${it.fileName}</bdi>`],
    [t.look.format, formats[enumName(AreaFormatSchema, it.format)] ?? t.look.unknownFormat],
    [
      t.look.size,
      it.areaSquareKilometres === undefined
        ? ""
        : t.squareKilometres(number(language, it.areaSquareKilometres, 2)),
    ],
    [t.look.countries, it.countries.map((code) => countries.of(code) ?? code).join(", ")],
    [t.look.polygons, number(language, it.polygonCount)],
    [t.look.vertices, number(language, it.vertexCount)],
    [t.look.kept, moment(language, it.expireTime)],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  const gone = {
    method: "DELETE",
    action: `/v1/area-uploads/${it.areaUploadId}`,
    submit: t.uploads.remove,
    quiet: true,
  } as const;
  return html`<section><h2>${t.look.facts}</h2><dl class="facts tiles">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>${form(visit, gone)}</section>`;
}
