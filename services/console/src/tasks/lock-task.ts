import { type LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Locks a task for the person. */
export async function lockTask(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const purpose = enumValue<LockPurpose>(LockPurposeSchema, form.text("purpose"));
  await ask(LockService.method.lockTask, { requestId: form.text("_request_id"), ...at, purpose });
  return { see: taskPath(at), notice: "taskTaken" };
}
