import { create } from "@bufbuild/protobuf";
import type { MethodImpl } from "@connectrpc/connect";
import {
  CancelOperationResponseSchema,
  OperationService,
} from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { acknowledgement, replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { permit } from "../refusals.ts";
import { operationDone, operationNotFound } from "./refusals.ts";

/** Implements tessera.task.v1.OperationService.CancelOperation. */
export function cancelOperation({
  store,
  projects,
}: Deps): MethodImpl<typeof OperationService.method.cancelOperation> {
  return (request, context) => {
    const { projectId, operationId } = request;
    const method = OperationService.method.cancelOperation;
    const key = requestKey(method, request, { projectId, caller: String(callerOf(context).userId) });
    return untilWritten(async () => {
      const remembered = await store.recall(key);
      if (remembered !== undefined) return replay(method.output, key, remembered);
      permit((await projects.access(projectId, context)).management);
      const row = await store.getOperation(projectId, operationId);
      if (row === undefined) throw operationNotFound(projectId, operationId);
      if (row.end_time !== null) throw operationDone(row.state);
      const outcome = await store.cancelOperation(context, key, row);
      return (
        outcome && create(CancelOperationResponseSchema, { acknowledgement: acknowledgement(key, outcome) })
      );
    });
  };
}
