import createClient from "openapi-fetch";
import type { components, paths } from "./tessera.ts";

type Task = components["schemas"]["ListTasksTask"];

const { TESSERA_URL = "http://127.0.0.1:8080", TESSERA_TOKEN = "" } = process.env;
/** Of the forms of an answer, this program reads JSON, and problems. */
const client = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: TESSERA_URL,
  headers: { authorization: `Bearer ${TESSERA_TOKEN}` },
});

/** Locks a task and returns the token of the lock, or says who holds the task. */
export async function lockTask(projectId: number, taskId: number): Promise<string> {
  const { data, error } = await client.PUT("/v1/projects/{project_id}/tasks/{task_id}/lock", {
    params: { path: { project_id: projectId, task_id: taskId } },
    body: { purpose: "LOCK_PURPOSE_MAPPING" },
  });
  if (data !== undefined) return data.token;
  if (error.reason === "TASK_LOCKED")
    throw new Error(`User ${error.metadata?.holder_user_id} holds the task`);
  throw new Error(error.detail ?? error.title);
}

/** The tasks of a project that are ready, and the names of the people whom they mention. */
export async function readyTasks(projectId: number): Promise<{ tasks: Task[]; names: string[] }> {
  const { data, error } = await client.GET("/v1/projects/{project_id}/tasks", {
    params: {
      path: { project_id: projectId },
      query: { "filter.states": ["TASK_STATE_READY"], fields: ["task_id", "lock"], include: ["users"] },
    },
  });
  if (data === undefined) throw new Error(error?.detail ?? error?.title);
  return { tasks: data.tasks, names: (data.included?.users ?? []).map(({ name }) => name) };
}

/** Uploads an area (GeoJSON) and returns its id. */
export async function uploadArea(geojson: string): Promise<string> {
  const { data, error } = await client.POST("/v1/area-uploads", {
    body: geojson,
    bodySerializer: (text) => text,
    headers: { "content-type": "application/geo+json" },
  });
  if (data === undefined) throw new Error(error.detail ?? error.title);
  return data.area_upload_id;
}
