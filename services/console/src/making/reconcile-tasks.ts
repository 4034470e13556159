import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/** Starts to bring a project's tasks in line with its area. */
export async function reconcileTasks({ ask, form, params }: Visit): Promise<Done> {
  const projectId = Number(params.project_id);
  const { acknowledgement } = await ask(TaskService.method.reconcileTasks, {
    requestId: form.text("_request_id"),
    projectId,
  });
  return { see: `/v1/${acknowledgement?.name}` };
}
