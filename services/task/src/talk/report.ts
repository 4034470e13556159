import { create } from "@bufbuild/protobuf";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Report, ReportSchema } from "@tessera/contracts/tessera/task/v1/report_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { permit, reportExists, taskNotFound } from "../refusals.ts";
import { begin, type Change, dateOf, follow, type Known, unchanged } from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";

/** The states in which a report says that work was done badly. */
const DONE: readonly TaskState[] = [TaskState.MAPPED, TaskState.VALIDATED];

type Details = Pick<Report, "longitude" | "latitude" | "category" | "description" | "source" | "externalId">;

/**
 * Records a fault at a point in a task. It invalidates work that is done only for somebody who may validate it. Refuses what
 * `access` says, TASK_NOT_FOUND.
 */
export function report(
  known: Known,
  caller: Caller,
  access: Access,
  details: Details,
): Change & { report: Report } {
  permit(access.mapping);
  const change = begin(known);
  const { task } = change;
  const reportId = task.reportCount + 1;
  const invalidated = access.validation?.permitted === true && DONE.includes(task.state);
  const happening = { kind: TaskEventKind.REPORTED, actorUserId: caller.userId, reportId };
  const recorded = create(ReportSchema, {
    projectId: task.projectId,
    taskId: task.taskId,
    reportId,
    userId: caller.userId,
    longitude: details.longitude,
    latitude: details.latitude,
    category: details.category,
    description: details.description,
    source: details.source,
    externalId: details.externalId,
    invalidated,
    revision: 1n,
  });
  const next = follow(change, happening, {
    reportCount: reportId,
    ...(invalidated && { state: TaskState.INVALIDATED }),
  });
  return { ...next, report: recorded };
}

/**
 * Acknowledges a report that its tool had sent already: nothing changes. Refuses what `access` says, TASK_NOT_FOUND,
 * REPORT_EXISTS for one that says something else.
 */
export function reportAgain(known: Known, access: Access, earlier: Report, details: Details): Change {
  permit(access.mapping);
  if (known.task === undefined) throw taskNotFound(known.projectId, known.taskId);
  const says = ["longitude", "latitude", "category", "description"] as const;
  if (says.some((field) => earlier[field] !== details[field])) throw reportExists(earlier);
  return unchanged(known.task);
}

/** Of several tasks at a point, the one that a report is about: one that is done before others, the latest changed first. */
export function reportedTask(tasks: readonly WholeTask[]): WholeTask | undefined {
  const rank = (task: WholeTask) => (DONE.includes(task.state) ? 0 : 1);
  const time = (task: WholeTask) => dateOf(task.updateTime).getTime();
  return [...tasks].sort((a, b) => rank(a) - rank(b) || time(b) - time(a))[0];
}
