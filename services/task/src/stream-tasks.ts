import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "./deps.ts";

/** A message has so many tasks at most, and so many bytes of areas beyond the first task's. */
const MESSAGE_TASKS = 500;
const MESSAGE_BYTES = 1024 * 1024;

/** Implements tessera.task.v1.TaskService.StreamTasks. */
export function streamTasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.streamTasks> {
  return async function* ({ projectId }, context) {
    await projects.access(projectId, context);
    let last = 0;
    while (!context.signal.aborted) {
      const tasks = await store.listTasksWithAreas(projectId, last, MESSAGE_TASKS, MESSAGE_BYTES);
      if (tasks.length === 0) return;
      yield { tasks };
      last = tasks.at(-1)?.taskId ?? last;
    }
  };
}
