import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { removeComment } from "./comment.ts";

/** Implements tessera.task.v1.CommentService.DeleteComment. */
export const deleteComment = ({ store, projects, mutex }: Deps) =>
  command(
    CommentService.method.deleteComment,
    async (request, attempt) => {
      const { projectId, taskId, commentId } = request;
      const known = await store.read(attempt, { taskId });
      const access = await attempt.once(() => projects.access(projectId, attempt.context));
      const written = await store.getComment(projectId, taskId, commentId);
      const change = removeComment(known, attempt.caller, access, { commentId, written });
      attempt.throwIfGone();
      return store.deleteComment(attempt, change, commentId);
    },
    { again: exclusively(mutex) },
  );
