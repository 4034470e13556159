import type { MethodImpl } from "@connectrpc/connect";
import {
  ListSubmissionsRequestSchema,
  type SubmissionService,
} from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf, withinKey, withinOf } from "../page.ts";

/** Implements tessera.task.v1.SubmissionService.ListSubmissions. */
export function listSubmissions({
  store,
  projects,
}: Deps): MethodImpl<typeof SubmissionService.method.listSubmissions> {
  return async (request, context) => {
    const { projectId, taskId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListSubmissionsRequestSchema, request, {
      read: (after, limit) => store.listSubmissions({ projectId, taskId, userId }, withinOf(after), limit),
      keyOf: (it) => withinKey(it.taskId, it.submissionId),
      greatest: GREATEST.within,
    });
    return { submissions: items, nextPageToken };
  };
}
