import type { HandlerContext } from "@connectrpc/connect";
import { containsPoint } from "@tessera/geometry/areas/contains-point.ts";
import type { Deps } from "../deps.ts";
import { AROUND_MAX } from "./store.ts";
import { visible } from "./visible.ts";
import type { WholeTask } from "./whole-task.ts";

/** A point, in one project or in all. */
export interface MapPoint {
  longitude: number;
  latitude: number;
  projectId?: number | undefined;
}

/** The most tasks found at a point. */
const FOUND_MAX = 100;
/**
 * How often reading continues past tasks that do not count, such as those in projects that the caller may not see.
 */
const LOOKS_MAX = 5;

/** The tasks at a point that the caller may see. Refuses PROJECT_NOT_FOUND for the one project that was asked for. */
export async function tasksAt(
  { store, projects }: Pick<Deps, "store" | "projects">,
  point: MapPoint,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): Promise<WholeTask[]> {
  if (point.projectId !== undefined) await projects.access(point.projectId, context);
  const found: WholeTask[] = [];
  let after = { projectId: 0, taskId: 0 };
  for (let looks = 0; looks < LOOKS_MAX && found.length < FOUND_MAX; looks++) {
    const around = await store.tasksAround(point, point.projectId, after);
    const there = around.filter(({ area }) => area && containsPoint(area, point.longitude, point.latitude));
    found.push(...(await seen(projects, there, context)));
    const last = around.at(-1);
    if (last === undefined || around.length < AROUND_MAX) break;
    after = last;
  }
  return found.slice(0, FOUND_MAX);
}

/** Those of the tasks whose project the caller may see. */
async function seen(
  projects: Deps["projects"],
  tasks: readonly WholeTask[],
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): Promise<WholeTask[]> {
  const ids = [...new Set(tasks.map(({ projectId }) => projectId))];
  const visibles = new Set<number>();
  await Promise.all(
    ids.map(async (id) => {
      if (await visible(projects, id, context)) visibles.add(id);
    }),
  );
  return tasks.filter(({ projectId }) => visibles.has(projectId));
}
