import type { Task } from "@tessera/contracts/tessera/task/v1/task_pb.ts";

/** The fields that TASK_VIEW_ID leaves out, and every other view always carries. */
type Carried =
  | "state"
  | "submissionCount"
  | "revision"
  | "priority"
  | "commentCount"
  | "reportCount"
  | "outsideArea"
  | "priorityArea";

/** A task as it is stored, decided about, and shown by every view but TASK_VIEW_ID. */
export type WholeTask = Task & { [K in Carried]: NonNullable<Task[K]> };
