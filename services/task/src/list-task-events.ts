import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";
import { pageToken, readPageToken } from "./page-token.ts";
import { taskNotFound } from "./refusals.ts";

const PAGE_SIZE = 100;

/** Implements tessera.task.v1.TaskService.ListTaskEvents. */
export function listTaskEvents({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.listTaskEvents> {
  return async (request, context) => {
    const { projectId, taskId } = request;
    const list = `events/${projectId}/${taskId}`;
    const size = request.pageSize || PAGE_SIZE;
    await projects.access(projectId, context);
    const after = readPageToken(list, request.pageToken);
    if (!(await store.taskExists(projectId, taskId))) throw taskNotFound(projectId, taskId);
    const found = await store.listTaskEvents(projectId, taskId, after, size + 1);
    const events = found.slice(0, size);
    const last = events.at(-1)?.revision ?? 0n;
    return { events, nextPageToken: found.length > size ? pageToken(list, last) : "" };
  };
}
