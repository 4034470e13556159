import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Progress } from "@tessera/contracts/tessera/task/v1/progress_pb.ts";
import { TaskService, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { TaskTileService } from "@tessera/contracts/tessera/task/v1/task_tile_service_pb.ts";
import { LRUCache } from "lru-cache";
import type { Deps } from "../deps.ts";
import type { Visit } from "../visits/visit.ts";
import { type Bounds, boundsOf } from "./bounds.ts";
import type { DrawnTasks } from "./draw-tasks.ts";
import { picturedTasks } from "./kept-pictures.ts";

/** What is drawn of a project. */
export interface FoundTasks {
  bounds: Bounds;
  progress: Progress;
  drawn: DrawnTasks;
}

/** The tasks of a project as they were when the list of them had this tag. */
interface Kept {
  etag: string;
  found: Promise<FoundTasks | undefined>;
}

/** A project whose tasks are farther apart lies on both sides of 180° of longitude. */
const HALF_WORLD_DEGREES = 180;
/** The most projects whose picture is kept for the next viewer. */
const PROJECTS_MAX = 200;

/** What each console keeps, by project. */
const keptBy = new WeakMap<Deps, LRUCache<number, Kept>>();

/**
 * Reads and draws the tasks of a project; undefined if it has none. Viewers share it: one of them reads and draws after a
 * change, and each of the others only asks, in their own name, for the tag of the tasks. A caller that may not see the
 * project is refused by that.
 */
export async function findTasks(visit: Visit, projectId: number): Promise<FoundTasks | undefined> {
  const kept = keptOf(visit.deps);
  const before = kept.get(projectId);
  const { unchanged, etag } = await visit.ask(TaskService.method.listTasks, {
    ...{ projectId, pageSize: 1, view: TaskView.ID, knownEtag: before?.etag ?? "" },
  });
  // Another viewer may have begun meanwhile.
  const now = kept.get(projectId);
  const shared = unchanged ? (before ?? now) : now?.etag === etag ? now : undefined;
  if (shared !== undefined) {
    // The viewer that began may have gone away.
    const found = await shared.found.catch(() => "failed" as const);
    if (found !== "failed") return found;
  }
  const reading = { etag, found: readTasks(visit, projectId) };
  kept.set(projectId, reading);
  try {
    return await reading.found;
  } catch (error) {
    if (kept.get(projectId) === reading) kept.delete(projectId);
    throw error;
  }
}

function keptOf(deps: Deps): LRUCache<number, Kept> {
  const before = keptBy.get(deps);
  if (before !== undefined) return before;
  const made = new LRUCache<number, Kept>({ max: PROJECTS_MAX });
  keptBy.set(deps, made);
  return made;
}

async function readTasks(visit: Visit, projectId: number): Promise<FoundTasks | undefined> {
  const { ask, deps } = visit;
  const [{ progress }, { document }] = await Promise.all([
    ask(TaskService.method.getProgress, { projectId }),
    ask(TaskTileService.method.getTaskTileSet, { projectId, publicUrl: deps.publicUrl }),
  ]);
  if (progress === undefined || progress.taskCount === 0) return undefined;
  const { bounds: degrees } = JSON.parse(Buffer.from(document).toString()) as { bounds: Corners };
  const bounds = await boundsFrom(visit, projectId, degrees);
  return { bounds, progress, drawn: await picturedTasks(visit, projectId, bounds, `tasks-${projectId}`) };
}

type Corners = [west: number, south: number, east: number, north: number];

async function boundsFrom({ ask }: Visit, projectId: number, [west, south, east, north]: Corners) {
  if (east - west <= HALF_WORLD_DEGREES) return boundsOf({ west, south, east, north });
  const { project } = await ask(ProjectService.method.getProject, { projectId });
  return boundsOf(project?.boundingBox ?? { west, south, east, north });
}
