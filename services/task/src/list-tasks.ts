import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";
import { pageToken, readPageToken } from "./page-token.ts";

const PAGE_SIZE = 100;

/** Implements tessera.task.v1.TaskService.ListTasks. */
export function listTasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.listTasks> {
  return async (request, context) => {
    const { projectId } = request;
    const list = `tasks/${projectId}`;
    const size = request.pageSize || PAGE_SIZE;
    await projects.access(projectId, context);
    const after = Number(readPageToken(list, request.pageToken));
    const found = await store.listTasks(projectId, after, size + 1);
    const tasks = found.slice(0, size);
    const last = tasks.at(-1)?.taskId ?? 0;
    return { tasks, nextPageToken: found.length > size ? pageToken(list, last) : "" };
  };
}
