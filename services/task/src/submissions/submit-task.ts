import type { MethodImpl } from "@connectrpc/connect";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { submit } from "./submission.ts";

/** Implements tessera.task.v1.TaskService.SubmitTask. */
export function submitTask({ store, projects }: Deps): MethodImpl<typeof TaskService.method.submitTask> {
  return (request, context) =>
    store.changeTask({
      method: TaskService.method.submitTask,
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      decide: (known, access) => submit(known, callerOf(context), access, request),
      answer: ({ task }) => ({
        name: `projects/${task.projectId}/tasks/${task.taskId}/submissions/${task.submissionCount}`,
        // Of the submission, which never changes.
        revision: 1n,
      }),
    });
}
