import { secondsOf } from "@tessera/contracts/duration.ts";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { permitUnlessArchived } from "../refusals.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { assign } from "./assignment.ts";

/** Implements tessera.task.v1.AssignmentService.AssignTask. */
export const assignTask = ({ store, projects, people, mutex }: Deps) =>
  command(
    AssignmentService.method.assignTask,
    async (request, attempt) => {
      const { projectId, taskId, userId } = request;
      const known = await store.read(attempt, { taskId });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      // Only managers learn whether a user exists.
      permitUnlessArchived(access, access.management);
      await attempt.once(() => people.refuseUnknownUser(userId, attempt.context, "user_id"));
      const change = assign(known, attempt.caller, access, {
        userId,
        reserveSeconds: secondsOf(withFields(request, "reservation").reservation),
      });
      const { assignment, revision } = change.task;
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/assignment`,
        revision,
        response: { ...(assignment?.expireTime && { expireTime: assignment.expireTime }) },
        document: () => ({ ...(assignment && { assignment }) }),
      });
    },
    { again: exclusively(mutex), shownBy: AssignmentService.method.getAssignment },
  );
