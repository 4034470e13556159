import { durationMs } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import type { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { operationOf } from "./operation-row.ts";
import { operationNotFound } from "./refusals.ts";
import { LOOK_MS, type Watched } from "./watched-operations.ts";

/** How long a call waits that names no timeout. */
const WAIT_MS = 20_000;
/** The response is sent this long before the caller's deadline, whatever it is. */
const MARGIN_MS = 1_000;

/** Implements tessera.task.v1.OperationService.WaitOperation. */
export function waitOperation(
  { store, projects }: Deps,
  watched: Watched,
): MethodImpl<typeof OperationService.method.waitOperation> {
  return async ({ projectId, operationId, timeout }, context) => {
    await projects.access(projectId, context);
    const mostMs = (context.timeoutMs() ?? Number.POSITIVE_INFINITY) - MARGIN_MS;
    const until = Date.now() + Math.min(timeout ? durationMs(timeout) : WAIT_MS, mostMs);
    let row = await store.getOperation(projectId, operationId);
    for (;;) {
      if (row === undefined) throw operationNotFound(projectId, operationId);
      if (row.end_time !== null || Date.now() + LOOK_MS > until) return { operation: operationOf(row) };
      row = await watched.next({ projectId, operationId }, context.signal);
    }
  };
}
