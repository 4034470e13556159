import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { lock } from "./lock.ts";

/** Implements tessera.task.v1.LockService.LockTask. */
export const lockTask = ({ store, projects, settings, mutex }: Deps) =>
  command(
    LockService.method.lockTask,
    async (request, attempt) => {
      const { projectId, taskId, purpose, secondCheck } = request;
      const known = await store.read(attempt, { taskId, purpose });
      // Before the write: no row stays locked while another service is asked.
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const change = lock(known, attempt.caller, access, purpose, settings.slotLimits, secondCheck);
      const { task, events } = change;
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/lock`,
        revision: task.revision,
        response: {
          token: task.lock?.token ?? 0n,
          ...(task.lock?.expireTime && { expireTime: task.lock.expireTime }),
          created: events.length > 0,
        },
        document: () => ({ ...(task.lock && { lock: task.lock }) }),
      });
    },
    { again: exclusively(mutex), shownBy: LockService.method.getLock },
  );
