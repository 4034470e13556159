import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import type { Done } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { taskOf, taskPath } from "./task-address.ts";

/** Deletes a comment on a task. */
export async function deleteComment(visit: Visit): Promise<Done> {
  const { ask, form, params } = visit;
  const at = taskOf(visit);
  const commentId = Number(params.comment_id);
  await ask(CommentService.method.deleteComment, { requestId: form.text("_request_id"), ...at, commentId });
  return { see: taskPath(at), notice: "commentDeleted" };
}
