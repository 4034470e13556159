import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import type { Comment } from "@tessera/contracts/tessera/task/v1/comment_pb.ts";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { type Lock, LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Report } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import type { Submission } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { type NameOf, namesOf } from "../people/names.ts";
import { type ProjectHead, projectHead } from "../projects/project-tabs.ts";
import type { Visit } from "../visits/visit.ts";
import { taskOf } from "./task-address.ts";
import { type WhatNow, whatNow } from "./what-now.ts";
import { peopleIn } from "./why-not.ts";

/** The most rows of each list that a page reads. */
const ROWS_MAX = 1_000;

/** A task with all that its page says of it. */
export interface TaskView {
  head: ProjectHead;
  task: Task;
  now: WhatNow;
  /** The tasks that the reader holds elsewhere. */
  otherLocks: readonly Lock[];
  submissions: readonly Submission[];
  comments: readonly Comment[];
  reports: readonly Report[];
  /** Its history, oldest first. */
  events: readonly TaskEvent[];
  subtasks: readonly Task[];
  /** The licence that the reader must accept first. */
  licence: Licence | undefined;
  nameOf: NameOf;
}

/** Reads a task and all that its page shows, at once as far as one thing does not depend on another. */
export async function readTask(visit: Visit): Promise<TaskView> {
  const { ask, person, refused } = visit;
  const at = taskOf(visit);
  const page = { ...at, pageSize: ROWS_MAX };
  const [head, { task }, { locks }, { submissions }, { comments }, { reports }, { events }] =
    await Promise.all([
      projectHead(visit, at.projectId),
      ask(TaskService.method.getTask, at),
      person === undefined ? { locks: [] } : ask(LockService.method.listHeldLocks, {}),
      ask(SubmissionService.method.listSubmissions, page),
      ask(CommentService.method.listComments, page),
      ask(ReportService.method.listReports, page),
      ask(TaskEventService.method.listTaskEvents, page),
    ]);
  if (task === undefined) throw new Error("the task came without a document");
  const now = whatNow(task, head.access, person?.userId);
  const [{ tasks: subtasks }, licence, nameOf] = await Promise.all([
    task.state === TaskState.SPLIT ? ask(TaskService.method.listSubtasks, page) : { tasks: [] },
    licenceToAccept(visit, now),
    namesOf(visit, [
      task.lock?.holderUserId,
      task.assignment?.userId,
      ...peopleIn(refused?.refusal.metadata),
      ...[...submissions, ...comments, ...reports].map(({ userId }) => userId),
      ...events.flatMap((it) => [it.actorUserId, it.lock?.holderUserId, it.assignedUserId]),
    ]),
  ]);
  const otherLocks = locks.filter(
    (it) => it.purpose === LockPurpose.MAPPING && !(it.projectId === at.projectId && it.taskId === at.taskId),
  );
  return {
    ...{ head, task, now, otherLocks, submissions, comments, reports, events, subtasks, licence, nameOf },
  };
}

async function licenceToAccept({ ask }: Visit, { wanted }: WhatNow): Promise<Licence | undefined> {
  const asked = wanted.find(({ obstacle }) => obstacle?.reason === "LICENCE_NOT_ACCEPTED");
  const licenceId = Number(asked?.obstacle?.metadata.licence_id);
  if (!(licenceId > 0)) return undefined;
  return (await ask(LicenceService.method.getLicence, { licenceId })).licence;
}
