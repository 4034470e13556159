import type { HandlerContext } from "@connectrpc/connect";
import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { containsPoint } from "@tessera/geometry/contains-point.ts";
import type { Deps } from "./deps.ts";
import { visible } from "./visible.ts";

/** A place, in one project or, for 0, in all. */
export interface Place {
  longitude: number;
  latitude: number;
  projectId: number;
}

/** The tasks at a place that the caller may see. Refuses PROJECT_NOT_FOUND for the one project that was asked for. */
export async function tasksAt(
  { store, projects }: Pick<Deps, "store" | "projects">,
  place: Place,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): Promise<Task[]> {
  if (place.projectId > 0) await projects.access(place.projectId, context);
  const around = await store.tasksAround(place, place.projectId);
  const there = around.filter(({ area }) => area && containsPoint(area, place.longitude, place.latitude));
  const ids = [...new Set(there.map(({ projectId }) => projectId))];
  const seen = new Set<number>();
  await Promise.all(
    ids.map(async (id) => {
      if (await visible(projects, id, context)) seen.add(id);
    }),
  );
  return there.filter(({ projectId }) => seen.has(projectId));
}
