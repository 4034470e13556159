import type { ServiceImpl } from "@connectrpc/connect";
import type { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import type { Deps } from "../deps.ts";
import { assignTask } from "./assign-task.ts";
import { getAssignment } from "./get-assignment.ts";
import { listAssignments } from "./list-assignments.ts";
import { unassignTask } from "./unassign-task.ts";

/** Implements tessera.task.v1.AssignmentService. */
export function assignmentService(deps: Deps): ServiceImpl<typeof AssignmentService> {
  return {
    assignTask: assignTask(deps),
    getAssignment: getAssignment(deps),
    unassignTask: unassignTask(deps),
    listAssignments: listAssignments(deps),
  };
}
