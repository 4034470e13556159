import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";
import { pageOf, withinKey, withinOf } from "./page.ts";

/** Implements tessera.task.v1.TaskService.ListSubmissions. */
export function listSubmissions({
  store,
  projects,
}: Deps): MethodImpl<typeof TaskService.method.listSubmissions> {
  return async (request, context) => {
    const { projectId, taskId, userId } = request;
    await projects.access(projectId, context);
    const list = `submissions/${projectId}/${taskId}/${userId}`;
    const { items, nextPageToken } = await pageOf(list, request, {
      read: (after, limit) => store.listSubmissions({ projectId, taskId, userId }, withinOf(after), limit),
      keyOf: (it) => withinKey(it.taskId, it.submissionId),
    });
    return { submissions: items, nextPageToken };
  };
}
