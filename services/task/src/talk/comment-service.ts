import type { ServiceImpl } from "@connectrpc/connect";
import type { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import type { Deps } from "../deps.ts";
import { createComment } from "./create-comment.ts";
import { deleteComment } from "./delete-comment.ts";
import { getComment } from "./get-comment.ts";
import { listComments } from "./list-comments.ts";

/** Implements tessera.task.v1.CommentService. */
export function commentService(deps: Deps): ServiceImpl<typeof CommentService> {
  return {
    createComment: createComment(deps),
    deleteComment: deleteComment(deps),
    getComment: getComment(deps),
    listComments: listComments(deps),
  };
}
