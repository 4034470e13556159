import type { TaskSet } from "./task-set.ts";
import { tilesUrl } from "./tile-set.ts";

/** The colour of each state, distinct also to people who see no red or green. */
const COLOURS = {
  TASK_STATE_READY: "#ffffff",
  TASK_STATE_MAPPED: "#92c5de",
  TASK_STATE_VALIDATED: "#40ac8c",
  TASK_STATE_INVALIDATED: "#fce676",
  TASK_STATE_BAD_IMAGERY: "#9e9e9e",
};
const OTHER_COLOUR = "#d0d0d0";
const LINE_COLOUR = "#5a6472";
const LOCK_COLOUR = "#1f2430";
/** How far in a map goes to see a project as a whole, at most. */
const FIRST_ZOOM_MAX = 16;
/** A map is at least this many tiles wide and high: 410 pixels. */
const TILES_ACROSS = 0.8;

/** The values that change where a page sets a feature state, and else are those of the tile. */
const state = ["coalesce", ["feature-state", "state"], ["get", "state"], ""];
const lockPurpose = ["coalesce", ["feature-state", "lock_purpose"], ["get", "lock_purpose"], ""];
const colour = (of: unknown) => ["match", of, ...Object.entries(COLOURS).flat(), OTHER_COLOUR];

/** A style for MapLibre that shows the tasks of a project. It needs nothing but the tiles. */
export function styleOf(projectId: number, publicUrl: string, set: TaskSet) {
  return {
    version: 8,
    name: `Tasks of project ${projectId}`,
    ...placeOf(set),
    sources: {
      tasks: {
        type: "vector",
        url: tilesUrl(projectId, publicUrl),
        promoteId: { tasks: "task_id" },
      },
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": "#eceff1" } },
      {
        id: "cells",
        ...layer("cells"),
        type: "fill",
        paint: { "fill-color": colour(["get", "state"]), "fill-antialias": false },
      },
      { id: "tasks", ...layer("tasks"), type: "fill", paint: { "fill-color": colour(state) } },
      {
        id: "task-borders",
        ...layer("tasks"),
        type: "line",
        paint: {
          "line-color": LINE_COLOUR,
          "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.2, 14, 0.8, 18, 1.5],
        },
      },
      lockLayer("locked-for-mapping", "LOCK_PURPOSE_MAPPING", [2, 1]),
      lockLayer("locked-for-validation", "LOCK_PURPOSE_VALIDATION", [0.6, 0.9]),
    ],
  };
}

function layer(name: string) {
  return { source: "tasks", "source-layer": name };
}

/** A dashed line within the border of tasks that are locked for a purpose. Feature states count in widths, not in filters. */
function lockLayer(id: string, purpose: string, dashes: [number, number]) {
  const whileLocked = (width: number) => ["case", ["==", lockPurpose, purpose], width, 0];
  return {
    id,
    ...layer("tasks"),
    type: "line",
    paint: {
      "line-color": LOCK_COLOUR,
      "line-dasharray": dashes,
      "line-width": ["interpolate", ["linear"], ["zoom"], 8, whileLocked(1), 16, whileLocked(4)],
      "line-offset": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 16, 3],
    },
  };
}

/** Where the map begins: all tasks in sight. */
function placeOf(set: TaskSet) {
  const bounds = set.bounds();
  if (bounds === undefined) return { center: [0, 0], zoom: 1 };
  const [west, south, east, north] = bounds;
  const height = (north - south) / Math.cos((((south + north) / 2) * Math.PI) / 180);
  const zoom = Math.log2((TILES_ACROSS * 360) / Math.max(east - west, height, Number.EPSILON));
  const rounded = Math.floor(Math.min(FIRST_ZOOM_MAX, Math.max(0, zoom)) * 10) / 10;
  return { center: [(west + east) / 2, (south + north) / 2], zoom: rounded };
}
