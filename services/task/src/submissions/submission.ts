import { create } from "@bufbuild/protobuf";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  type IssueCount,
  SubmissionResult,
  SubmissionSchema,
} from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { issuesOfMapping, permit, resultNotAllowed } from "../refusals.ts";
import { held } from "../tasks/held.ts";
import { type Change, dateOf, follow, type Known, unchanged } from "../tasks/task.ts";

/** What is handed in. */
export interface Work {
  lockToken: bigint;
  result: SubmissionResult;
  comment: string;
  issues: IssueCount[];
}

/** How a lock may end: by purpose, the state that each result gives the task. */
const RESULTS: Record<number, Partial<Record<SubmissionResult, TaskState>>> = {
  [LockPurpose.MAPPING]: {
    [SubmissionResult.MAPPED]: TaskState.MAPPED,
    [SubmissionResult.BAD_IMAGERY]: TaskState.BAD_IMAGERY,
  },
  [LockPurpose.VALIDATION]: {
    [SubmissionResult.VALIDATED]: TaskState.VALIDATED,
    [SubmissionResult.INVALIDATED]: TaskState.INVALIDATED,
  },
};

/**
 * Hands the task in. Refuses in this order: FIELD_INVALID for issues of a mapping, what `access` says, then as `held`,
 * RESULT_NOT_ALLOWED.
 */
export function submit(
  known: Known,
  caller: Caller,
  access: Access,
  work: Work,
  issuesField = "issues",
): Change {
  const mapping = work.result in (RESULTS[LockPurpose.MAPPING] ?? {});
  if (mapping && work.issues.length > 0) throw issuesOfMapping(issuesField);
  permit(mapping ? access.mapping : access.validation);
  const { task, mine } = held(known, caller, work.lockToken);
  const state = RESULTS[mine.purpose]?.[work.result];
  if (state === undefined) throw resultNotAllowed(task, mine, work.result);

  const submissionId = task.submissionCount + 1;
  const { userId } = caller;
  const difference = {
    state,
    lock: undefined,
    submissionCount: submissionId,
    // A reservation was for mapping, which is done.
    ...(mapping ? { mappedByUserId: userId, assignment: undefined } : { validatedByUserId: userId }),
  };
  const happening = { kind: TaskEventKind.SUBMITTED, actorUserId: userId, lock: mine, submissionId };
  const submission = create(SubmissionSchema, {
    projectId: task.projectId,
    taskId: task.taskId,
    submissionId,
    userId,
    result: work.result,
    comment: work.comment,
    lockToken: mine.token,
    issues: work.issues,
    revision: 1n,
  });
  const change = follow(unchanged(task), happening, difference);
  return { ...change, submission, holdsUntil: dateOf(mine.expireTime) };
}
