import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Splits a task that the person holds. Its page then has its parts. */
export async function splitTask(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const lockToken = form.bigint("lock_token") ?? 0n;
  await ask(TaskService.method.splitTask, { requestId: form.text("_request_id"), ...at, lockToken });
  return { see: taskPath(at), notice: "taskSplit" };
}
