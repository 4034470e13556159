import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Operation,
  type OperationErrorSchema,
  OperationSchema,
  OperationState,
} from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";

import { idOf } from "../id-of.ts";

/** A row of operations. */
export interface OperationRow {
  project_id: number;
  operation_id: number;
  kind: string;
  request: Uint8Array;
  area: Uint8Array | null;
  area_revision: bigint;
  priority_areas: Uint8Array | null;
  user_id: bigint;
  state: OperationState;
  stage: string;
  unit_count: number;
  done_count: number;
  skipped_count: number;
  skipped_counts: Record<string, number>;
  result_counts: Record<string, number>;
  cursor_task_id: number;
  last_task_id: number;
  error: MessageInitShape<typeof OperationErrorSchema> | null;
  result_name: string;
  cancel_requested: boolean;
  attempts: number;
  failures: number;
  interruptions: number;
  start_time: Date;
  update_time: Date;
  end_time: Date | null;
  revision: bigint;
}

export function operationName({ project_id, operation_id }: OperationRow): string {
  return `projects/${project_id}/operations/${operation_id}`;
}

export function operationOf(row: OperationRow): Operation {
  return create(OperationSchema, {
    name: operationName(row),
    kind: row.kind,
    state: row.state,
    done: row.end_time !== null,
    stage: row.stage || undefined,
    unitCount: row.unit_count,
    doneCount: row.done_count,
    skippedCount: row.skipped_count,
    skippedCounts: row.skipped_counts,
    resultCounts: row.result_counts,
    ...(row.error && { error: row.error }),
    resultName: row.state === OperationState.SUCCEEDED ? row.result_name : undefined,
    userId: idOf(row.user_id),
    cancelRequested: row.cancel_requested,
    startTime: timestampFromDate(row.start_time),
    updateTime: timestampFromDate(row.update_time),
    ...(row.end_time && { endTime: timestampFromDate(row.end_time) }),
    revision: row.revision,
  });
}
