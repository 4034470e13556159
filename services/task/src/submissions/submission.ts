import { create } from "@bufbuild/protobuf";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  type IssueCount,
  SubmissionOutcome,
  SubmissionSchema,
} from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { issuesOfMapping, outcomeNotPossible, permit } from "../refusals.ts";
import { held } from "../tasks/held.ts";
import { type Change, dateOf, follow, type Known, unchanged } from "../tasks/task.ts";

/** What is handed in. */
export interface Work {
  lockToken: bigint;
  outcome: SubmissionOutcome;
  comment: string;
  issues: IssueCount[];
}

/** How a lock may end: by purpose, the state that each outcome gives the task. */
const OUTCOMES: Record<number, Partial<Record<SubmissionOutcome, TaskState>>> = {
  [LockPurpose.MAPPING]: {
    [SubmissionOutcome.MAPPED]: TaskState.MAPPED,
    [SubmissionOutcome.BAD_IMAGERY]: TaskState.BAD_IMAGERY,
  },
  [LockPurpose.VALIDATION]: {
    [SubmissionOutcome.VALIDATED]: TaskState.VALIDATED,
    [SubmissionOutcome.INVALIDATED]: TaskState.INVALIDATED,
  },
};

/**
 * Hands the task in. Refuses in this order: FIELD_INVALID for issues of a mapping, what `access` says, then as `held`,
 * OUTCOME_NOT_POSSIBLE.
 */
export function submit(
  known: Known,
  caller: Caller,
  access: Access,
  work: Work,
  issuesField = "issues",
): Change {
  const mapping = work.outcome in (OUTCOMES[LockPurpose.MAPPING] ?? {});
  if (mapping && work.issues.length > 0) throw issuesOfMapping(issuesField);
  permit(mapping ? access.mapping : access.validation);
  const { task, mine } = held(known, caller, work.lockToken);
  const state = OUTCOMES[mine.purpose]?.[work.outcome];
  if (state === undefined) throw outcomeNotPossible(task, mine, work.outcome);

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
    outcome: work.outcome,
    comment: work.comment,
    lockToken: mine.token,
    issues: work.issues,
    revision: 1n,
  });
  const change = follow(unchanged(task), happening, difference);
  return { ...change, submission, holdsUntil: dateOf(mine.expireTime) };
}
