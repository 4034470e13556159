import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { TaskAreaFault } from "@tessera/geometry/task-area-fault.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

/** After so long an operation may have ended. */
const RETRY_START_MS = 5_000;

const refuse = refusals(ReasonSchema);

export function operationNotFound(projectId: number, operationId: number): Refusal {
  return refuse(Reason.OPERATION_NOT_FOUND, {
    metadata: { project_id: String(projectId), operation_id: String(operationId) },
  });
}

export function operationDone(state: OperationState): Refusal {
  const name = Object.entries(OperationState).find(([, value]) => value === state)?.[0];
  return refuse(Reason.OPERATION_DONE, { metadata: { state: name ?? String(state) } });
}

export function tooManyOperations(limit: number): Refusal {
  return refuse(Reason.TOO_MANY_OPERATIONS, {
    metadata: { limit: String(limit) },
    retryAfterMs: RETRY_START_MS,
  });
}

/** What is wrong with an area that was given for a task. */
export function taskAreaInvalid({ index, rule, invalid, place }: TaskAreaFault): Refusal {
  return refuse(Reason.TASK_AREA_INVALID, {
    metadata: {
      index: String(index),
      rule: invalid?.rule ?? rule,
      ...(invalid && { path: invalid.path }),
      ...(place && { longitude: String(place.longitude), latitude: String(place.latitude) }),
    },
  });
}

/** The task is kept though it lies outside the project's area. */
export function taskTouched({ taskId, state, submissionCount }: Task): Refusal {
  const name = Object.entries(TaskState).find(([, value]) => value === state)?.[0];
  return refuse(Reason.TASK_TOUCHED, {
    metadata: {
      task_id: String(taskId),
      state: name ?? String(state),
      submission_count: String(submissionCount),
    },
  });
}

/** A fitting with the area of a later revision has begun. */
export function fittingOvertaken(projectId: number, revision: bigint, later: bigint): Refusal {
  return refuse(Reason.FITTING_OVERTAKEN, {
    metadata: {
      project_id: String(projectId),
      project_revision: String(revision),
      later_project_revision: String(later),
    },
  });
}
