import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { undo } from "./undo.ts";

/** Implements tessera.task.v1.SubmissionService.UndoTask. */
export const undoTask = ({ store, projects, mutex }: Deps) =>
  command(
    SubmissionService.method.undoTask,
    async (request, attempt) => {
      const { projectId, taskId, expectedRevision } = request;
      const known = await store.read(attempt, { taskId, needsEarlier: true });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const change = undo(known, attempt.caller, access, expectedRevision);
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}`,
        revision: change.task.revision,
      });
    },
    { again: exclusively(mutex) },
  );
