import type { MethodImpl } from "@connectrpc/connect";
import {
  ListLocksRequestSchema,
  type LockService,
} from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import type { Deps } from "../deps.ts";
import { pageOf } from "../page.ts";

/** Implements tessera.task.v1.LockService.ListLocks. */
export function listLocks({ store, projects }: Deps): MethodImpl<typeof LockService.method.listLocks> {
  return async (request, context) => {
    const { projectId, userId } = request;
    await projects.access(projectId, context);
    const { items, nextPageToken } = await pageOf(ListLocksRequestSchema, request, {
      read: (after, limit) => store.listLocks(projectId, userId, { after: Number(after), limit }),
      keyOf: ({ taskId }) => taskId,
    });
    return { locks: items, nextPageToken };
  };
}
