import type { Comment } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { type Lock, LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Report } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import type { Submission } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { ValidationQueue } from "@tessera/contracts/tessera/task/v1/validation_queue_pb.ts";
import type { Visit } from "../visits/visit.ts";

/** A page shows at most this many held tasks with what was said of them. */
const HELD_MAX = 12;
const SAID_MAX = 1_000;

/** A task that the reader holds for validation, and what was said of it. */
export interface HeldTask {
  lock: Lock;
  submissions: readonly Submission[];
  comments: readonly Comment[];
  reports: readonly Report[];
}

/** What a validator's page of a project shows. */
export interface Validation {
  held: readonly HeldTask[];
  /** The tasks that wait, and whose they are. */
  queue: ValidationQueue;
}

/** Reads what waits, and what the reader holds. `mappedBy` leaves only the mapping of one person. */
export async function readValidation(
  visit: Visit,
  projectId: number,
  mappedBy: bigint | undefined,
): Promise<Validation> {
  const { ask, person } = visit;
  const [{ validationQueue: queue }, { locks }] = await Promise.all([
    ask(TaskService.method.getValidationQueue, {
      projectId,
      ...(mappedBy !== undefined && { mappedByUserId: mappedBy }),
    }),
    person === undefined ? { locks: [] } : ask(LockService.method.listHeldLocks, {}),
  ]);
  if (queue === undefined) throw new Error(`project ${projectId} came without a queue`);
  const own = locks.filter((it) => it.projectId === projectId && it.purpose === LockPurpose.VALIDATION);
  const held = await Promise.all(own.slice(0, HELD_MAX).map((lock) => readHeld(visit, lock)));
  return { held, queue };
}

async function readHeld({ ask }: Visit, lock: Lock): Promise<HeldTask> {
  const page = { projectId: lock.projectId, taskId: lock.taskId, pageSize: SAID_MAX };
  const [{ submissions }, { comments }, { reports }] = await Promise.all([
    ask(SubmissionService.method.listSubmissions, page),
    ask(CommentService.method.listComments, page),
    ask(ReportService.method.listReports, page),
  ]);
  return { lock, submissions, comments, reports };
}
