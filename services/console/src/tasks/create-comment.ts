import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Writes a comment on a task. */
export async function createComment(visit: Visit): Promise<Done> {
  const { ask, form } = visit;
  const at = taskOf(visit);
  const requestId = form.text("_request_id");
  await ask(CommentService.method.createComment, { requestId, ...at, text: form.text("text") });
  return { see: taskPath(at), notice: "commentAdded" };
}
