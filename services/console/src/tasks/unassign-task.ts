import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Ends the reservation of a task. */
export async function unassignTask(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  await ask(AssignmentService.method.unassignTask, { requestId: form.text("_request_id"), ...at });
  return { see: taskPath(at), notice: "assignmentEnded" };
}
