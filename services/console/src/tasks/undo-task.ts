import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Undoes the last change of a task's state, if it is still the one that the person saw. */
export async function undoTask(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const expectedRevision = form.bigint("_revision") ?? 0n;
  await ask(SubmissionService.method.undoTask, {
    requestId: form.text("_request_id"),
    ...at,
    expectedRevision,
  });
  return { see: taskPath(at), notice: "taskUndone" };
}
