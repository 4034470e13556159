import type { HandlerContext } from "@connectrpc/connect";
import type { PreviewTasksRequest } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { GridTask } from "@tessera/geometry/grids/grid.ts";
import { GeometryTimeout } from "@tessera/geometry/work/geometry-timeout.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { geometryOverloaded, permit } from "../refusals.ts";
import { fillArea } from "./fill-area.ts";

/** The longest time to cut an area for a preview, in milliseconds: less than the longest deadline of a call. */
const PREVIEW_MAX_MS = 25_000;

/** What is to be cut, and how. */
export type PreviewRequest = Pick<
  PreviewTasksRequest,
  "projectId" | "zoom" | "edge" | "taskCount" | "sizeMetres" | "fill"
>;

/**
 * Cuts the area of a project as CreateTasks does, and stores nothing. Refuses FIELD_INVALID, PROJECT_NOT_FOUND, NOT_MANAGER,
 * TOO_MANY_TASKS, AREA_TOO_INTRICATE and OVERLOADED.
 */
export async function previewCut(
  { projects, settings, store }: Pick<Deps, "projects" | "settings" | "store">,
  request: PreviewRequest,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): Promise<{ tasks: GridTask[]; firstTaskId: number; revision: bigint }> {
  const { projectId, zoom, taskCount, sizeMetres } = request;
  if ([zoom, taskCount, sizeMetres].filter((it) => it !== undefined).length !== 1) {
    const description = "exactly one of zoom, task_count and size_metres must be stated";
    throw fieldInvalid([{ field: "zoom", description, rule: "preview.one_of" }]);
  }
  permit((await projects.access(projectId, context)).management);
  const { area, revision } = await projects.areaNow(projectId, context);
  const caller = String(callerOf(context).userId);
  const options = { signal: context.signal, limitMs: PREVIEW_MAX_MS, caller };
  const cover = request.fill ? await store.readCover(projectId) : undefined;
  const tasks = await fillArea(request, area, cover, settings.tasksMax, options).catch((error: unknown) => {
    // How long it takes depends on what else runs: it says nothing about the area.
    throw error instanceof GeometryTimeout ? geometryOverloaded() : error;
  });
  return { tasks, firstTaskId: (cover?.lastTaskId ?? 0) + 1, revision };
}
