import { type LockPurpose, LockPurposeSchema } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Locks a task for the person. */
export async function lockTask({ ask, form, params }: Visit): Promise<Done> {
  const [projectId, taskId] = [Number(params.project_id), Number(params.task_id)];
  const purpose = enumValue<LockPurpose>(LockPurposeSchema, form.text("purpose"));
  await ask(LockService.method.lockTask, { requestId: form.text("_request_id"), projectId, taskId, purpose });
  return { see: `/v1/projects/${projectId}/tasks/${taskId}` };
}
