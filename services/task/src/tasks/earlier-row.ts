import type { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { idOf } from "../id-of.ts";
import type { Earlier } from "./task.ts";

/** What an event says stood before it. */
export interface EarlierRow {
  from_state: TaskState;
  before_state_revision: bigint;
  before_state_by: bigint;
  before_mapped_by: bigint;
  before_validated_by: bigint;
}

export function earlierOf(row: EarlierRow): Earlier {
  return {
    state: row.from_state,
    stateRevision: idOf(row.before_state_revision),
    stateUserId: idOf(row.before_state_by),
    mappedByUserId: idOf(row.before_mapped_by),
    validatedByUserId: idOf(row.before_validated_by),
  };
}
