// Maps: opens the interactive ones when a person asks for that, and shows changes as they happen.
import { followTasks } from "./live.ts";

/** An interactive map that is open. */
export interface OpenMap {
  /** Shows what has changed. */
  refresh(): void;
  /** Is called after a part of the page was replaced while the map stayed. */
  resume?(): void;
  /** Ends it. */
  remove(): void;
}

type Opener = (figure: HTMLElement, stage: HTMLElement) => Promise<OpenMap>;

/** What opens each kind of map. The scripts are read when they are needed. */
const OPENERS: Record<string, () => Promise<Opener>> = {
  tasks: async () => (await import("./task-map.ts")).openTaskMap,
  projects: async () => (await import("./project-map.ts")).openProjectMap,
  area: async () => (await import("./draw-area.ts")).openDrawing,
};

const open = new Map<HTMLElement, OpenMap>();
let isListening = false;

/** Prepares the maps of a page, also after a part of it was replaced. */
export function startMaps(): void {
  for (const [stage, map] of open)
    if (stage.isConnected) map.resume?.();
    else {
      map.remove();
      open.delete(stage);
    }
  for (const figure of document.querySelectorAll<HTMLElement>("[data-map]")) {
    const button = figure.querySelector<HTMLElement>("[data-map-open]");
    if (button !== null) button.hidden = open.has(stageOf(figure));
    if (figure.dataset.project !== undefined) followTasks(figure, () => open.get(stageOf(figure)));
  }
  if (isListening) return;
  isListening = true;
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const figure = target.closest<HTMLElement>("[data-map]");
    // A link in a picture leads where it leads.
    if (figure === null || target.closest("a") !== null) return;
    if (target.closest("[data-map-open], [data-map-picture]") !== null) void openMap(figure);
  });
}

async function openMap(figure: HTMLElement): Promise<void> {
  const opener = OPENERS[figure.dataset.map ?? ""];
  const stage = stageOf(figure);
  if (opener === undefined || !stage.hidden) return;
  stage.hidden = false;
  try {
    const map = await (await opener())(figure, stage);
    open.set(stage, map);
    const button = figure.querySelector<HTMLElement>("[data-map-open]");
    if (button !== null) button.hidden = true;
    stage.querySelector<HTMLElement>("canvas")?.focus({ preventScroll: true });
  } catch (error) {
    // Without graphics the picture stays.
    stage.hidden = true;
    console.warn(error);
  }
}

function stageOf(figure: HTMLElement): HTMLElement {
  return figure.querySelector("[data-map-stage]") as HTMLElement;
}
