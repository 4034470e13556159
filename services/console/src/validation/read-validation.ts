import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Comment } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { type Lock, LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Report } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import type { Submission } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskService, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Visit } from "../visits/visit.ts";

/** A page shows at most this many tasks that wait, and this many held ones with what was said of them. */
const QUEUE_MAX = 50;
const HELD_MAX = 12;
/** The tasks among which the oldest are looked for. */
const READ_MAX = 1_000;
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
  /** The tasks that wait, the oldest first. */
  queue: readonly Task[];
}

/** Reads what waits, and what the reader holds. `mappedBy` leaves only the mapping of one person. */
export async function readValidation(
  visit: Visit,
  projectId: number,
  mappedBy: bigint | undefined,
): Promise<Validation> {
  const { ask, person } = visit;
  const filter = {
    states: [TaskState.MAPPED, TaskState.BAD_IMAGERY],
    ...(mappedBy !== undefined && { mappedByUserId: mappedBy }),
  };
  const list = { projectId, pageSize: READ_MAX, view: TaskView.WITHOUT_AREA, filter };
  const [{ tasks }, { locks }] = await Promise.all([
    ask(TaskService.method.listTasks, list),
    person === undefined ? { locks: [] } : ask(LockService.method.listHeldLocks, {}),
  ]);
  const own = locks.filter((it) => it.projectId === projectId && it.purpose === LockPurpose.VALIDATION);
  const held = await Promise.all(own.slice(0, HELD_MAX).map((lock) => readHeld(visit, lock)));
  const queue = tasks
    .filter((it) => it.lock === undefined && it.mappedByUserId !== person?.userId)
    .sort((a, b) => msOf(a) - msOf(b))
    .slice(0, QUEUE_MAX);
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

function msOf({ updateTime }: Task): number {
  return updateTime === undefined ? 0 : timestampMs(updateTime);
}
