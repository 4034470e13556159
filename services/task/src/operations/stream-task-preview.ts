import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";
import { previewCut } from "./preview-cut.ts";

/** The most tasks in a message. */
const MESSAGE_TASKS = 500;

/** Implements tessera.task.v1.TaskService.StreamTaskPreview. */
export function streamTaskPreview(deps: Deps): MethodImpl<typeof TaskService.method.streamTaskPreview> {
  return async function* (request, context) {
    const { tasks, firstTaskId } = await previewCut(deps, request, context);
    for (let first = 0; first < tasks.length; first += MESSAGE_TASKS) {
      const part = tasks.slice(first, first + MESSAGE_TASKS);
      yield { tasks: part.map((task, index) => ({ taskId: firstTaskId + first + index, ...task })) };
    }
  };
}
