import type { TaskFilter } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";

/** Which tasks of a project. */
export interface Selection {
  projectId: number;
  filter: TaskFilter | undefined;
  /** The box of the filter. It crosses 180° where west is greater than east. */
  box?: { west: number; south: number; east: number; north: number } | undefined;
  /** Only tasks to which something happened after this position of the feed. */
  changedSince?: bigint | undefined;
}

/** The tasks of a filter, which are all tasks that are present without one. */
export function selectionOf(
  projectId: number,
  filter: TaskFilter | undefined,
  changedSince?: bigint,
): Selection {
  const given = filter?.boundingBox;
  const box = given && withFields(given, "west", "south", "east", "north");
  return { projectId, filter, box, changedSince };
}
