import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { CreateTasksRequest } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { TaskAreaFault } from "@tessera/geometry/validity/task-area-fault.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";
import type { WholeTask } from "../tasks/whole-task.ts";

/** After this time an operation may have ended. */
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
export function taskAreaInvalid({ index, rule, invalid, point }: TaskAreaFault): Refusal {
  return refuse(Reason.TASK_AREA_INVALID, {
    metadata: {
      index: String(index),
      rule: invalid?.rule ?? rule,
      ...(invalid && { path: invalid.path }),
      ...(point && { longitude: String(point.longitude), latitude: String(point.latitude) }),
    },
  });
}

/** The task is kept though it lies outside the project's area. */
export function taskTouched({ taskId, state, submissionCount }: WholeTask): Refusal {
  const name = Object.entries(TaskState).find(([, value]) => value === state)?.[0];
  return refuse(Reason.TASK_TOUCHED, {
    metadata: {
      task_id: String(taskId),
      state: name ?? String(state),
      submission_count: String(submissionCount),
    },
  });
}

/** A reconciliation with the area of a later revision has begun. */
export function reconciliationSuperseded(projectId: number, revision: bigint, later: bigint): Refusal {
  return refuse(Reason.RECONCILIATION_SUPERSEDED, {
    metadata: {
      project_id: String(projectId),
      project_revision: String(revision),
      later_project_revision: String(later),
    },
  });
}

/** What was asked for of an area that is cut. */
type Cut = Partial<Pick<CreateTasksRequest, "zoom" | "sizeMetres" | "taskCount">>;

/** The words speak of what was asked for: a zoom, a size, a number, or areas that are given. */
export function tooManyTasks(limit: number, { zoom, sizeMetres, taskCount }: Cut): Refusal {
  const [asked, detail] = zoom
    ? [{ zoom }, `At zoom ${zoom} there would be more than ${limit} tasks: choose a lower zoom`]
    : sizeMetres
      ? [
          { size_metres: sizeMetres },
          `There would be more than ${limit} squares of ${sizeMetres} m: choose a larger size_metres`,
        ]
      : taskCount
        ? [{ task_count: taskCount }, `There would be more than ${limit} tasks: choose a lower task_count`]
        : [{}, `There would be more than ${limit} tasks: give fewer areas`];
  return refuse(Reason.TOO_MANY_TASKS, { metadata: { limit: String(limit), ...texts(asked) }, detail });
}

/** The words speak of what was asked for, as those of `tooManyTasks` do. */
export function areaTooIntricate(
  { zoom, sizeMetres, taskCount }: Cut,
  point?: { longitude: number; latitude: number },
): Refusal {
  const where = point && { longitude: point.longitude, latitude: point.latitude };
  const [asked, advice] = zoom
    ? [`at zoom ${zoom}`, "choose another zoom"]
    : sizeMetres
      ? [`into squares of ${sizeMetres} m`, "choose another size_metres"]
      : [`into ${taskCount} tasks`, "choose another task_count"];
  return refuse(Reason.AREA_TOO_INTRICATE, {
    metadata: texts({ ...(zoom && { zoom }), ...where }),
    ...((zoom || sizeMetres || taskCount) && {
      detail: `The area is too intricate to be cut ${asked} with certainty: ${advice}`,
    }),
  });
}

function texts(numbers: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
}
