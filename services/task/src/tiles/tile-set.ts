import type { TaskSet } from "./task-set.ts";

/** The tiles that maps ask for: further in they enlarge those of the last of these zooms, which are exact to 4 cm. */
const ZOOM_MAX = 18;
const EVERYWHERE = [-180, -85.0511287798066, 180, 85.0511287798066];

/** Describes the tiles of a project as TileJSON 3.0. */
export function tileSetOf(projectId: number, publicUrl: string, set: TaskSet) {
  return {
    tilejson: "3.0.0",
    name: `Tasks of project ${projectId}`,
    description: "Tasks by state and lock",
    tiles: [`${tilesUrl(projectId, publicUrl)}/{z}/{x}/{y}`],
    scheme: "xyz",
    minzoom: 0,
    maxzoom: ZOOM_MAX,
    bounds: set.bounds() ?? EVERYWHERE,
    vector_layers: [
      {
        id: "tasks",
        description: "One polygon for each task",
        minzoom: Math.min(set.detailZoom, ZOOM_MAX),
        maxzoom: ZOOM_MAX,
        fields: {
          task_id: "Number: the task, also the id of the feature",
          state: "String: TASK_STATE_READY, MAPPED, VALIDATED, INVALIDATED or BAD_IMAGERY",
          priority: "Number: 0 to 100",
          revision: "Number: rises with each event of the task",
          lock_purpose: "String: LOCK_PURPOSE_MAPPING or LOCK_PURPOSE_VALIDATION; absent unless locked",
          lock_expire_time: "Number: seconds since 1970; absent unless locked",
          assigned: "Boolean: whether it is reserved; absent unless it is",
          parent_task_id: "Number: the task that was split into this one and others; absent if none was",
          outside_area: "Boolean: whether it lies outside the project's area; absent unless it does",
          priority_area:
            "Number: the first priority area that it shares ground with, from 1; absent for none",
        },
      },
      {
        id: "cells",
        description: "Squares that stand for tasks too many or too small to be drawn",
        minzoom: 0,
        maxzoom: ZOOM_MAX,
        fields: {
          task_count: "Number of tasks",
          state: "String: the state of most of them",
          ready: "Number of tasks in this state; absent for none",
          mapped: "Number of tasks in this state; absent for none",
          validated: "Number of tasks in this state; absent for none",
          invalidated: "Number of tasks in this state; absent for none",
          bad_imagery: "Number of tasks in this state; absent for none",
          locked: "Number of locked tasks; absent for none",
        },
      },
    ],
  };
}

/** Where the tiles of a project are. */
export function tilesUrl(projectId: number, publicUrl: string): string {
  return `${publicUrl}/v1/projects/${projectId}/tasks/tiles`;
}
