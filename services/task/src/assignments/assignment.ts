import { create } from "@bufbuild/protobuf";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Assignment, AssignmentSchema } from "@tessera/contracts/tessera/task/v1/assignment_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { assignmentNotFound, permit, permitUnlessArchived, stateNotAssignable } from "../refusals.ts";
import { begin, type Change, follow, type Known, liveAssignment, timeAfter } from "../tasks/task.ts";

/**
 * Reserves a task for somebody. Refuses in this order: PROJECT_ARCHIVED, NOT_MANAGER, TASK_NOT_FOUND,
 * TASK_STATE_NOT_ASSIGNABLE.
 */
export function assign(
  known: Known,
  caller: Caller,
  access: Access,
  to: { userId: bigint; reserveSeconds: number },
): Change {
  permitUnlessArchived(access, access.management);
  const begun = begin(known);
  const { task } = begun;
  if (task.state !== TaskState.READY && task.state !== TaskState.INVALIDATED) throw stateNotAssignable(task);
  const present = liveAssignment(task, known.now);
  const moved = present !== undefined && present.userId !== to.userId;
  // The previous assignee is notified.
  const change = moved ? takeBack(begun, caller, present) : begun;
  const assignment = create(AssignmentSchema, {
    projectId: task.projectId,
    taskId: task.taskId,
    userId: to.userId,
    expireTime: timeAfter(known.now, to.reserveSeconds),
    revision: change.task.revision + 1n,
  });
  const happening = {
    kind: TaskEventKind.ASSIGNED,
    actorUserId: caller.userId,
    assignedUserId: to.userId,
  };
  return follow(change, happening, { assignment });
}

/** Takes a reservation back. Refuses in this order: NOT_MANAGER, TASK_NOT_FOUND, ASSIGNMENT_NOT_FOUND. */
export function unassign(known: Known, caller: Caller, access: Access): Change {
  permit(access.management);
  const change = begin(known);
  const present = liveAssignment(change.task, known.now);
  if (present === undefined) throw assignmentNotFound(change.task);
  return takeBack(change, caller, present);
}

function takeBack(change: Change, caller: Caller, { userId }: Assignment): Change {
  const happening = { kind: TaskEventKind.UNASSIGNED, actorUserId: caller.userId, assignedUserId: userId };
  return follow(change, happening, { assignment: undefined });
}
