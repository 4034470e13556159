import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { ofListed } from "../tasks/listed-tasks.ts";
import { holds, release } from "./lock.ts";

/** Implements tessera.task.v1.LockService.ReleaseLocks. */
export const releaseLocks = ({ store, projects, mutex }: Deps) =>
  command(
    LockService.method.releaseLocks,
    async (request, attempt) => {
      const { projectId, taskIds, force } = request;
      const { caller, context } = attempt;
      const knowns = await store.readAll(attempt, { taskIds });
      // What the caller may do in the project, or whether it is there, does not matter to the caller's own locks.
      const access = await attempt.once(async () =>
        !force && knowns.every((known) => holds(known, caller))
          ? undefined
          : projects.access(projectId, context),
      );
      const changes = ofListed(
        taskIds,
        (index) => `task_ids[${index}]`,
        () => knowns.map((known) => release(known, caller, access, { token: undefined, force })),
      );
      return store.write(attempt, changes, { name: `projects/${projectId}/locks`, revision: 0n });
    },
    {
      again: ({ projectId, taskIds: [taskId = 0] }, retry) =>
        exclusively(mutex)({ projectId, taskId }, retry),
    },
  );
