import type { MethodImpl } from "@connectrpc/connect";
import type { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { operationOf } from "./operation-row.ts";
import { operationNotFound } from "./refusals.ts";

/** Implements tessera.task.v1.OperationService.GetOperation. */
export function getOperation({
  store,
  projects,
}: Deps): MethodImpl<typeof OperationService.method.getOperation> {
  return async ({ projectId, operationId }, context) => {
    await projects.access(projectId, context);
    const row = await store.getOperation(projectId, operationId);
    if (row === undefined) throw operationNotFound(projectId, operationId);
    return { operation: operationOf(row) };
  };
}
