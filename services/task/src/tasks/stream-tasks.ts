import { create } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import { TaskSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { type TaskService, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Deps } from "../deps.ts";

/** The most tasks in a message, and the most bytes of areas beyond the first task's. */
const MESSAGE_TASKS = 500;
const MESSAGE_IDS = 5_000;
const MESSAGE_BYTES = 1024 * 1024;

/** Implements tessera.task.v1.TaskService.StreamTasks. */
export function streamTasks({ store, projects }: Deps): MethodImpl<typeof TaskService.method.streamTasks> {
  return async function* ({ projectId, filter, view }, context) {
    await projects.access(projectId, context);
    const selection = { projectId, filter };
    const read = async (after: number) => {
      if (view === TaskView.ID) {
        const ids = await store.listTaskIds(selection, { after, limit: MESSAGE_IDS });
        return ids.map((taskId) => create(TaskSchema, { projectId, taskId }));
      }
      const page = { after, limit: MESSAGE_TASKS };
      if (view === TaskView.WITHOUT_AREA) return store.listTasks(selection, view, page);
      return store.listTasksWithAreas(selection, page, MESSAGE_BYTES);
    };
    let last = 0;
    while (!context.signal.aborted) {
      const tasks = await read(last);
      if (tasks.length === 0) return;
      // A slow reader may lose sight of the project between two messages.
      if (last > 0) await projects.access(projectId, context);
      yield { tasks };
      last = tasks.at(-1)?.taskId ?? last;
    }
  };
}
