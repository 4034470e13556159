import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { unassign } from "./assignment.ts";

/** Implements tessera.task.v1.AssignmentService.UnassignTask. */
export const unassignTask = ({ store, projects, mutex }: Deps) =>
  command(
    AssignmentService.method.unassignTask,
    async (request, attempt) => {
      const { projectId, taskId } = request;
      const known = await store.read(attempt, { taskId });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const change = unassign(known, attempt.caller, access);
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/assignment`,
        revision: change.task.revision,
      });
    },
    { again: exclusively(mutex) },
  );
