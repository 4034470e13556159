import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../tasks/exclusively.ts";
import { writtenAt } from "../tasks/task.ts";
import { comment } from "./comment.ts";
import { spend } from "./spend.ts";

/** Implements tessera.task.v1.CommentService.CreateComment. */
export const createComment = (deps: Deps) => {
  const { store, projects, mutex } = deps;
  return command(
    CommentService.method.createComment,
    async (request, attempt) => {
      const { projectId, taskId, text } = request;
      const { caller, context } = attempt;
      const known = await store.read(attempt, { taskId });
      await attempt.once(() => projects.access(projectId, context));
      const change = comment(known, caller, text);
      const { comment: written } = change;
      attempt.throwIfGone();
      await attempt.once(() => spend(deps, caller.userId, "comments"));
      return store.write(attempt, [change], {
        name: `projects/${projectId}/tasks/${taskId}/comments/${change.task.commentCount}`,
        // Of the comment, which never changes.
        revision: 1n,
        document: (time) => ({ ...(written && { comment: writtenAt(written, time) }) }),
      });
    },
    { again: exclusively(mutex), shownBy: CommentService.method.getComment },
  );
};
