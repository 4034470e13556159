import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { TaskFilter } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { boundingBoxOf } from "@tessera/geometry/areas/measure.ts";

/** What a filter says, read off the tasks one by one. */
export function matches(task: Task, filter: TaskFilter): boolean {
  const { states, taskIds, boundingBox, mappedByUserId, validatedByUserId, holderUserId } = filter;
  const { priority, updatedAfterTime, updatedBeforeTime } = filter;
  const updated = timestampMs(task.updateTime as Timestamp);
  const box = boundingBoxOf(task.area as NonNullable<Task["area"]>);
  const { west = 0, south = 0, east = 0, north = 0 } = boundingBox ?? {};
  const touches = box.west <= east && box.east >= west && box.south <= north && box.north >= south;
  return (
    (states.length > 0 ? states.includes(task.state as TaskState) : task.state !== TaskState.SPLIT) &&
    (taskIds.length === 0 || taskIds.includes(task.taskId)) &&
    (boundingBox === undefined || touches) &&
    (mappedByUserId === undefined || task.mappedByUserId === mappedByUserId) &&
    (validatedByUserId === undefined || task.validatedByUserId === validatedByUserId) &&
    (holderUserId === undefined || task.lock?.holderUserId === holderUserId) &&
    (priority === undefined || task.priority === priority) &&
    (updatedAfterTime === undefined || updated >= timestampMs(updatedAfterTime)) &&
    (updatedBeforeTime === undefined || updated < timestampMs(updatedBeforeTime))
  );
}
