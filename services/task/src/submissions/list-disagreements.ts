import type { MethodImpl } from "@connectrpc/connect";
import {
  ListDisagreementsRequestSchema,
  type ValidationService,
} from "@tessera/contracts/tessera/task/v1/validation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { GREATEST, pageOf, withinKey, withinOf } from "../page.ts";

/** Implements tessera.task.v1.ValidationService.ListDisagreements. */
export function listDisagreements({
  store,
  projects,
}: Deps): MethodImpl<typeof ValidationService.method.listDisagreements> {
  return async (request, context) => {
    const { projectId, taskId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListDisagreementsRequestSchema, request, {
      read: (after, limit) => store.disagreements({ projectId, taskId, userId }, withinOf(after), limit),
      keyOf: (it) => withinKey(it.taskId, it.second?.submissionId ?? 0),
      greatest: GREATEST.within,
    });
    return { disagreements: items, nextPageToken };
  };
}
