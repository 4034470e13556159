import { OperationService } from "@tessera/contracts/tessera/task/v1/operation_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Asks an operation to stop. What it did stays done. */
export async function cancelOperation({ ask, form, params }: Visit): Promise<Done> {
  const [projectId, operationId] = [Number(params.project_id), Number(params.operation_id)];
  await ask(OperationService.method.cancelOperation, {
    requestId: form.text("_request_id"),
    projectId,
    operationId,
  });
  return { see: `/v1/projects/${projectId}/operations/${operationId}` };
}
