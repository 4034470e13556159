import type { ServiceImpl } from "@connectrpc/connect";
import type { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { cancelOperation } from "./cancel-operation.ts";
import { getOperation } from "./get-operation.ts";
import { listOperations } from "./list-operations.ts";
import { waitOperation } from "./wait-operation.ts";
import { watchOperation } from "./watch-operation.ts";
import { watchedOperations } from "./watched-operations.ts";

/** Implements tessera.task.v1.OperationService. */
export function operationService(deps: Deps): ServiceImpl<typeof OperationService> {
  const watched = watchedOperations(deps.store.getOperations);
  return {
    getOperation: getOperation(deps),
    listOperations: listOperations(deps),
    waitOperation: waitOperation(deps, watched),
    watchOperation: watchOperation(deps, watched),
    cancelOperation: cancelOperation(deps),
  };
}
