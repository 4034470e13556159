import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { holds, release } from "./lock.ts";

/** Implements tessera.task.v1.LockService.ReleaseLock. */
export const releaseLock = ({ store, projects, mutex }: Deps) =>
  command(
    LockService.method.releaseLock,
    async (request, attempt) => {
      const { projectId, taskId, lockToken: token, force } = request;
      const { caller, context } = attempt;
      const known = await store.read(attempt, { taskId });
      // What the caller may do in the project, or whether it is there, does not matter to the caller's own lock.
      const access = await attempt.once(async () =>
        !force && holds(known, caller) ? undefined : projects.access(projectId, context),
      );
      const change = release(known, caller, access, { token, force });
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/lock`,
        revision: change.task.revision,
      });
    },
    { again: exclusively(mutex) },
  );
