import type { MethodImpl } from "@connectrpc/connect";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { ofListed } from "../tasks/listed-tasks.ts";
import { lockMany } from "./lock.ts";

/** Implements tessera.task.v1.LockService.LockTasks. */
export function lockTasks({
  store,
  projects,
  settings,
}: Deps): MethodImpl<typeof LockService.method.lockTasks> {
  return (request, context) =>
    store.changeTasks({
      method: LockService.method.lockTasks,
      request,
      context,
      taskIds: request.taskIds,
      slotsFor: request.purpose,
      ask: () => projects.access(request.projectId, context),
      decide: (knowns, access) =>
        ofListed(
          request.taskIds,
          (index) => `task_ids[${index}]`,
          () => lockMany(knowns, callerOf(context), access, request.purpose, settings.slotLimits),
        ),
      answer: (changes) => ({
        name: `projects/${request.projectId}/locks`,
        revision: 0n,
        response: {
          locks: changes.map(({ task, events }) => ({
            taskId: task.taskId,
            token: task.lock?.token ?? 0n,
            ...(task.lock?.expireTime && { expireTime: task.lock.expireTime }),
            created: events.length > 0,
          })),
        },
      }),
    });
}
