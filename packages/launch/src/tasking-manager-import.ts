import { Problem, type RestClient } from "./rest-client.ts";

/** What came over from a Tasking Manager. */
export interface TakenOver {
  projectId: number;
  /** What its document says and is not known here. */
  skipped: { field: string; description: string }[];
  /** How many tasks were made; 0 where the project had its tasks already. */
  tasks: number;
}

/** Tasks as a Tasking Manager answers `/api/v2/projects/{id}/tasks/`. */
interface TheirTasks {
  features: { geometry: unknown; properties: { taskId: number } }[];
}

/** How often to wait for the operation that makes tasks, each time as long as the task service permits. */
const WAITS_MAX = 30;

/**
 * Imports a project and then, if it has none yet, its tasks, numbered in their order there. May be called again: it
 * continues where it stopped. Throws a Problem for every refusal.
 */
export async function importTaskingManager(
  client: RestClient,
  source: string,
  projectText: string,
  tasksText: string,
): Promise<TakenOver> {
  const { projectId: externalId } = JSON.parse(projectText) as { projectId: number };
  const { body } = await client<{ project_id: number; skipped?: TakenOver["skipped"] }>(
    "PUT",
    `imported-projects/${source}/${externalId}`,
    { tasking_manager_project: projectText },
  );
  const { project_id: projectId, skipped = [] } = body;
  const { features } = JSON.parse(tasksText) as TheirTasks;
  const areas = features
    .toSorted((one, other) => one.properties.taskId - other.properties.taskId)
    .map(({ geometry }) => geometry);
  const tasks = areas.length > 0 && (await makeTasks(client, projectId, areas)) ? areas.length : 0;
  return { projectId, skipped, tasks };
}

/** False where the project has its tasks already. */
async function makeTasks(client: RestClient, projectId: number, areas: unknown[]): Promise<boolean> {
  try {
    const { body } = await client<Operation>("POST", `projects/${projectId}/tasks`, { areas });
    let operation = body;
    for (let waits = 0; !operation.done && waits < WAITS_MAX; waits++) {
      operation = (await client<Operation>("GET", `${operation.name}/result`)).body;
    }
    if (operation.error || !operation.done)
      throw new Error(`no tasks: ${operation.error?.reason ?? "not yet"}`);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.document.reason === "TASKS_EXIST") return false;
    throw error;
  }
}

interface Operation {
  name: string;
  done?: boolean;
  error?: { reason: string };
}
