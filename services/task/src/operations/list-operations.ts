import type { MethodImpl } from "@connectrpc/connect";
import {
  ListOperationsRequestSchema,
  type OperationService,
} from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";
import { operationOf } from "./operation-row.ts";

/** Implements tessera.task.v1.OperationService.ListOperations. */
export function listOperations({
  store,
  projects,
}: Deps): MethodImpl<typeof OperationService.method.listOperations> {
  return async (request, context) => {
    const { projectId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListOperationsRequestSchema, request, {
      read: (before, limit) => store.listOperations(projectId, Number(before), limit),
      keyOf: (row) => row.operation_id,
    });
    return { operations: items.map(operationOf), nextPageToken };
  };
}
