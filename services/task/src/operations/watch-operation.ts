import type { MethodImpl } from "@connectrpc/connect";
import type { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { whileVisible } from "../tasks/visible.ts";
import { type OperationRow, operationOf } from "./operation-row.ts";
import { operationNotFound } from "./refusals.ts";
import type { Watched } from "./watched-operations.ts";

/** Implements tessera.task.v1.OperationService.WatchOperation. */
export function watchOperation(
  deps: Deps,
  watched: Watched,
): MethodImpl<typeof OperationService.method.watchOperation> {
  const { store, projects } = deps;
  return async function* ({ projectId, operationId }, context) {
    await projects.access(projectId, context);
    using end = whileVisible(deps, projectId, context);
    const { signal } = end;
    let seen = 0n;
    let row = await store.getOperation(projectId, operationId);
    while (!signal.aborted) {
      if (row === undefined) throw operationNotFound(projectId, operationId);
      if (row.revision > seen) yield { operation: operationOf(row) };
      if (row.end_time !== null) return;
      seen = row.revision;
      if (signal.aborted) break;
      const present: OperationRow = row;
      row = await watched.next({ projectId, operationId }, signal).catch((error: unknown) => {
        if (signal.aborted) return present;
        throw error;
      });
    }
    end.throwIfLost();
  };
}
