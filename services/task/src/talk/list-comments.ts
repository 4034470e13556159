import type { MethodImpl } from "@connectrpc/connect";
import {
  type CommentService,
  ListCommentsRequestSchema,
} from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { selectedNames } from "@tessera/rpc/validation/selected-fields.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";
import { taskNotFound } from "../refusals.ts";

/** Implements tessera.task.v1.CommentService.ListComments. */
export function listComments({
  store,
  projects,
}: Deps): MethodImpl<typeof CommentService.method.listComments> {
  return async (request, context) => {
    const { projectId, taskId } = request;
    await projects.access(projectId, context);
    const withText = selectedNames(ListCommentsRequestSchema, request)?.has("text") ?? true;
    const { items, nextPageToken } = await pageOf(ListCommentsRequestSchema, request, {
      read: async (after, limit) => {
        if (!(await store.taskExists(projectId, taskId))) throw taskNotFound(projectId, taskId);
        return store.listComments(projectId, taskId, { after: Number(after), limit, withText });
      },
      keyOf: ({ commentId }) => commentId,
    });
    return { comments: items, nextPageToken };
  };
}
