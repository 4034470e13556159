import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { permit } from "../refusals.ts";
import { operationDone, operationNotFound } from "./refusals.ts";

/** Implements tessera.task.v1.OperationService.CancelOperation. */
export const cancelOperation = ({ store, projects }: Deps) =>
  command(OperationService.method.cancelOperation, async (request, attempt) => {
    const { projectId, operationId } = request;
    await store.replayIfDone(attempt);
    permit((await projects.access(projectId, attempt.context)).management);
    const row = await store.getOperation(projectId, operationId);
    if (row === undefined) throw operationNotFound(projectId, operationId);
    if (row.end_time !== null) throw operationDone(row.state);
    return store.cancelOperation(attempt, row);
  });
