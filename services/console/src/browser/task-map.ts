import type * as maplibre from "maplibre-gl";
import { colourOf, ground, type Layer, showMap } from "./maplibre.ts";
import type { OpenMap } from "./maps.ts";

const STATES = ["ready", "mapped", "validated", "invalidated", "bad-imagery"] as const;
const LOCKS = ["mapping", "validation"] as const;
/** Patterns are drawn twice as fine as they are shown. */
const PIXELS = 2;
const PATTERN_SIZE = 8;

/** Opens the interactive map of a project's tasks. A click on a task leads to its page. */
export async function openTaskMap(figure: HTMLElement, stage: HTMLElement): Promise<OpenMap> {
  const { project, taskPath = "" } = figure.dataset;
  const style = ground(figure);
  const { map } = await showMap(figure, stage, style);
  for (const name of STATES) addPattern(map, `state-${name}`, figure, `legend-${name}-free`, true);
  for (const name of LOCKS) addPattern(map, `lock-${name}`, figure, `.held-${name}`, false);
  map.addSource("tasks", {
    type: "vector",
    tiles: [`${location.origin}/console/projects/${project}/tiles/{z}/{x}/{y}`],
    maxzoom: 18,
    promoteId: { tasks: "task_id" },
  });
  for (const layer of layers(figure)) map.addLayer(layer);
  const label = labelIn(stage);
  map.on("mousemove", "tasks", ({ features }) => {
    const task = features?.[0]?.properties;
    map.getCanvas().style.cursor = "pointer";
    label.textContent = task === undefined ? "" : nameOf(figure, task);
  });
  map.on("mouseleave", "tasks", () => {
    map.getCanvas().style.cursor = "";
    label.textContent = "";
  });
  map.on("click", "tasks", ({ features }) => {
    const taskId = Number(features?.[0]?.properties.task_id);
    if (Number.isInteger(taskId)) location.assign(`${taskPath}${taskId}`);
  });
  return { refresh: () => void map.refreshTiles("tasks"), remove: () => map.remove() };
}

function layers(figure: HTMLElement): Layer[] {
  const from = (name: string) => ({ source: "tasks", "source-layer": name });
  const line = colourOf(figure, "map-line");
  const ofState: maplibre.ExpressionSpecification = [
    "match",
    ["get", "state"],
    ...STATES.flatMap((it) => [`TASK_STATE_${it.toUpperCase().replace("-", "_")}`, `state-${it}`]),
    "state-ready",
  ] as unknown as maplibre.ExpressionSpecification;
  const held = LOCKS.map(
    (it): Layer => ({
      id: `held-${it}`,
      type: "fill",
      ...from("tasks"),
      filter: ["==", ["get", "lock_purpose"], `LOCK_PURPOSE_${it.toUpperCase()}`],
      paint: { "fill-pattern": `lock-${it}` },
    }),
  );
  return [
    {
      id: "cells",
      type: "fill",
      ...from("cells"),
      paint: { "fill-pattern": ofState, "fill-antialias": false },
    },
    { id: "tasks", type: "fill", ...from("tasks"), paint: { "fill-pattern": ofState } },
    ...held,
    {
      id: "task-lines",
      type: "line",
      ...from("tasks"),
      paint: { "line-color": line, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.3, 16, 1.5] },
    },
  ];
}

/** Draws a pattern of the legend, so that both maps look the same. */
function addPattern(
  map: maplibre.Map,
  name: string,
  figure: HTMLElement,
  from: string,
  whole: boolean,
): void {
  const canvas = document.createElement("canvas");
  canvas.width = PATTERN_SIZE * PIXELS;
  canvas.height = PATTERN_SIZE * PIXELS;
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.scale(PIXELS, PIXELS);
  const pattern = whole
    ? figure.querySelector(`[id="${from}"]`)
    : figure.querySelector(`.legend ${from}`)?.closest("pattern");
  for (const shape of pattern?.children ?? []) {
    const { fill, stroke, strokeWidth, strokeOpacity } = getComputedStyle(shape);
    if (shape.matches("rect") && whole) {
      context.fillStyle = fill;
      context.fillRect(0, 0, PATTERN_SIZE, PATTERN_SIZE);
    }
    if (shape.matches("path") && (whole || shape.matches(from))) {
      context.strokeStyle = stroke;
      context.globalAlpha = Number(strokeOpacity);
      context.lineWidth = Number.parseFloat(strokeWidth);
      context.stroke(new Path2D(shape.getAttribute("d") ?? ""));
    }
  }
  const { width, height } = canvas;
  map.addImage(name, context.getImageData(0, 0, width, height), { pixelRatio: PIXELS });
}

function labelIn(stage: HTMLElement): HTMLElement {
  const label = document.createElement("p");
  label.className = "map-label";
  stage.append(label);
  return label;
}

function nameOf({ dataset }: HTMLElement, task: Record<string, unknown>): string {
  const words = JSON.parse(dataset.words ?? "{}") as Record<string, string>;
  const parts = [`${words.task} ${task.task_id}`, words[String(task.state)]];
  if (task.lock_purpose !== undefined) parts.push(words[String(task.lock_purpose)]);
  return parts.filter(Boolean).join(" · ");
}
