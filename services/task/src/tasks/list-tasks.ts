import { create } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import { TaskSchema, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import {
  type ListTasksRequest,
  ListTasksRequestSchema,
  TaskFilterSchema,
  type TaskService,
  TaskView,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";
import { positionText, readPosition } from "../position.ts";
import { type Selection, selectionOf } from "../selection.ts";

/** Implements tessera.task.v1.TaskService.ListTasks. */
export function listTasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.listTasks> {
  return async (request, context) => {
    const { projectId } = request;
    await projects.access(projectId, context);
    const head = await store.events.head();
    const selection = await selected(store, request, head);
    const view = request.view || TaskView.WITHOUT_AREA;
    const { items, nextPageToken } = await pageOf(ListTasksRequestSchema, sameList(request), {
      read: async (key, limit) => {
        const page = { after: Number(key), limit };
        if (view !== TaskView.ID) return store.listTasks(selection, view, page);
        const ids = await store.listTaskIds(selection, page);
        return ids.map((taskId) => create(TaskSchema, { projectId, taskId }));
      },
      keyOf: ({ taskId }) => taskId,
    });
    return { tasks: items, nextPageToken, position: positionText(head) };
  };
}

/** Which tasks. Since before they were made, something happened to all of them. Refuses POSITION_INVALID. */
async function selected(
  store: Deps["store"],
  { projectId, filter, changedSince }: ListTasksRequest,
  head: bigint,
): Promise<Selection> {
  if (changedSince === "") return selectionOf(projectId, filter);
  const since = readPosition(changedSince, head);
  if (!(await store.createdAfter(projectId, since))) return selectionOf(projectId, filter, since);
  const states = filter?.states.length
    ? filter.states
    : Object.values(TaskState).filter((state) => state > 0);
  return selectionOf(projectId, { ...(filter ?? create(TaskFilterSchema)), states });
}

/** How much of each task is shown is no filter: a page may show more of them than the page before. */
function sameList(request: ListTasksRequest): ListTasksRequest {
  return { ...request, view: TaskView.UNSPECIFIED };
}
