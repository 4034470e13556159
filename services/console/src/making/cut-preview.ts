import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { GridEdge, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { form } from "../forms/form.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { number } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import type { Cut, Way } from "./cut-way.ts";
import { picture } from "./picture.ts";
import { MAKING_TEXTS } from "./texts.ts";
import { zoomRange } from "./zoom-range.ts";

/** More tasks than this are counted, not drawn. */
const DRAWN_MAX = 4_000;
const COUNT_PROPOSED = 200;
const METRES = 1_000;

/** What is proposed for a way that was just chosen. */
export function proposedCut({ areaSquareKilometres, centroid }: Project, way: Way): Cut {
  if (way === "count") return { taskCount: COUNT_PROPOSED };
  if (way === "size") {
    const side = Math.sqrt(areaSquareKilometres / COUNT_PROPOSED) * METRES;
    const step = 10 ** Math.max(0, Math.floor(Math.log10(side)));
    return { sizeMetres: Math.max(1, Math.min(100_000, Math.round(side / step) * step)) };
  }
  return { zoom: zoomRange(areaSquareKilometres, centroid?.latitude ?? 0).proposed, edge: GridEdge.CLIPPED };
}

/** What a cut would give, in numbers and drawn, and the button that does it. A refusal is shown in its place. */
export async function cutPreview(visit: Visit, project: Project, cut: Cut): Promise<Content> {
  const { ask, language } = visit;
  const { projectId } = project;
  const t = MAKING_TEXTS(language).cut;
  try {
    const { preview } = await ask(TaskService.method.previewTasks, { projectId, ...cut });
    if (preview === undefined) return "";
    if (cut.fill && preview.taskCount === 0) return html`<p class="notice">${t.fill.nothing}</p>`;
    const { taskCount, smallestSquareKilometres, meanSquareKilometres, largestSquareKilometres } = preview;
    const size = (squareKilometres: number) => sizeText(visit, squareKilometres);
    const rows = [
      [t.tasks, number(language, taskCount)],
      ...(cut.zoom === undefined ? [] : [[t.atZoom, number(language, cut.zoom)]]),
      [t.smallest, size(smallestSquareKilometres)],
      [t.mean, size(meanSquareKilometres)],
      [t.largest, size(largestSquareKilometres)],
    ];
    return html`<dl class="facts tiles">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${cutForm(visit, projectId, cut, taskCount)}
${taskCount > DRAWN_MAX ? html`<p>${t.tooManyToDraw(number(language, DRAWN_MAX))}</p>` : await drawn(visit, project, cut, taskCount)}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refusalAlert(visit, error);
  }
}

function cutForm(
  visit: Visit,
  projectId: number,
  { zoom, edge, taskCount, sizeMetres, fill }: Cut,
  count: number,
) {
  const t = MAKING_TEXTS(visit.language).cut;
  const command = {
    method: "POST",
    action: `/v1/projects/${projectId}/tasks`,
    submit: (fill ? t.fill.submit : t.submit)(count),
  } as const;
  const values = {
    zoom,
    edge: zoom === undefined ? undefined : edge === GridEdge.WHOLE ? "GRID_EDGE_WHOLE" : "GRID_EDGE_CLIPPED",
    task_count: taskCount,
    size_metres: sizeMetres,
    fill: fill ? "true" : undefined,
  };
  const fields = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}">`],
  );
  return form(visit, command, fields);
}

async function drawn(visit: Visit, { projectId, area }: Project, cut: Cut, count: number): Promise<Content> {
  const { deps, call, language } = visit;
  const t = MAKING_TEXTS(language).cut;
  const method = TaskService.method.streamTaskPreview;
  const one = (async function* () {
    yield { projectId, ...cut };
  })();
  const { message } = await deps
    .transportFor(TaskService)
    .stream(method, call.signal, undefined, call.headers, one);
  const areas: MultiPolygon[] = [];
  for await (const { tasks } of message)
    for (const { area: it } of tasks) if (it !== undefined) areas.push(it);
  const layers = [
    { name: "area", areas: area === undefined ? [] : [area] },
    { name: "tasks", areas },
  ];
  const label = t.picture(count);
  return html`<figure class="map-picture">${picture(label, layers)}<figcaption>${label}</figcaption></figure>`;
}

function sizeText({ language }: Visit, squareKilometres: number): string {
  const t = MAKING_TEXTS(language);
  if (squareKilometres >= 0.1) return t.squareKilometres(number(language, squareKilometres, 2));
  return t.squareMetres(number(language, squareKilometres * METRES * METRES));
}
