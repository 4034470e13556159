import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { ofListed } from "../tasks/listed-tasks.ts";
import { lockMany } from "./lock.ts";

/** Implements tessera.task.v1.LockService.LockTasks. */
export const lockTasks = ({ store, projects, settings, mutex }: Deps) =>
  command(
    LockService.method.lockTasks,
    async (request, attempt) => {
      const { projectId, taskIds, purpose, secondCheck } = request;
      const knowns = await store.readAll(attempt, { taskIds, purpose });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const changes = ofListed(
        taskIds,
        (index) => `task_ids[${index}]`,
        () => lockMany(knowns, attempt.caller, access, purpose, settings.slotLimits, secondCheck),
      );
      return store.write(attempt, changes, {
        name: `projects/${projectId}/locks`,
        revision: 0n,
        response: {
          locks: changes.map(({ task, events }) => ({
            taskId: task.taskId,
            token: task.lock?.token ?? 0n,
            ...(task.lock?.expireTime && { expireTime: task.lock.expireTime }),
            created: events.length > 0,
          })),
        },
      });
    },
    {
      again: ({ projectId, taskIds: [taskId = 0] }, retry) =>
        exclusively(mutex)({ projectId, taskId }, retry),
    },
  );
