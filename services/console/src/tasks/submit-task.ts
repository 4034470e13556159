import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import {
  type SubmissionResult,
  SubmissionResultSchema,
} from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { enumValue } from "../visits/enum-value.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { issuesIn } from "./issues.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Hands a task in. */
export async function submitTask(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const issues = issuesIn(form);
  const lockToken = form.isOn("again") ? await takenAgain(visit) : (form.bigint("lock_token") ?? 0n);
  await ask(SubmissionService.method.submitTask, {
    requestId: form.text("_request_id"),
    ...at,
    lockToken,
    result: enumValue<SubmissionResult>(SubmissionResultSchema, form.text("result")),
    comment: form.text("comment"),
    issues,
  });
  return { see: taskPath(at), notice: "taskHandedIn" };
}

/** Locks the task again whose lock had expired. The services refuse if somebody else has taken it meanwhile. */
async function takenAgain(visit: Visit): Promise<bigint> {
  const { ask, form } = visit;
  const purpose = form.text("purpose") === "VALIDATION" ? LockPurpose.VALIDATION : LockPurpose.MAPPING;
  const requestId = `${form.text("_request_id")}.lock`;
  const { token } = await ask(LockService.method.lockTask, { requestId, ...taskOf(visit), purpose });
  return token;
}
