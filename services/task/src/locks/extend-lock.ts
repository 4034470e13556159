import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { extend } from "./lock.ts";

/** Implements tessera.task.v1.LockService.ExtendLock. */
export const extendLock = ({ store, projects, settings, mutex }: Deps) =>
  command(
    LockService.method.extendLock,
    async (request, attempt) => {
      const { projectId, taskId, lockToken } = request;
      const known = await store.read(attempt, { taskId });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const change = extend(known, attempt.caller, access, lockToken, settings.longestLockSeconds);
      const { lock, revision } = change.task;
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/lock`,
        revision,
        response: { ...(lock?.expireTime && { expireTime: lock.expireTime }) },
        document: () => ({ ...(lock && { lock }) }),
      });
    },
    { again: exclusively(mutex), shownBy: LockService.method.getLock },
  );
