import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import type { Deps } from "../deps.ts";
import type { Selection } from "../selection.ts";
import type { OperationRow } from "./operation-row.ts";
import type { LeasedOperation } from "./operation-runner.ts";

/** An operation after a part of its work, and whether there may be more. */
export interface PartDone {
  operation: OperationRow;
  more: boolean;
}

/**
 * Works through a selection of tasks, part by part: sizes it up once, does one part after the other, and writes down that the
 * operation succeeded. `doPart` does the next tasks, from the operation's cursor, in transactions of its own (`writePart`).
 */
export async function inParts(
  store: Deps["store"],
  { operation: taken, lease, signal }: LeasedOperation,
  { selection, stage }: { selection: Selection; stage: string },
  doPart: (operation: OperationRow) => Promise<PartDone>,
): Promise<void> {
  let operation = taken;
  if (operation.last_task_id === 0) {
    const { count, last } = await store.sizeOf(selection);
    const size = { stage, unit_count: count, last_task_id: last };
    await store.advance(operation, lease, size);
    operation = { ...operation, ...size };
  }
  for (let more = true; more; ) {
    signal.throwIfAborted();
    ({ operation, more } = await doPart(operation));
  }
  await store.advance(operation, lease, {
    state: OperationState.SUCCEEDED,
    // Tasks that came into the selection, or left it, while it ran were counted when they were met.
    unit_count: operation.done_count + operation.skipped_count,
    result_name: `projects/${operation.project_id}/tasks`,
  });
}
