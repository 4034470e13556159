import type { MethodImpl } from "@connectrpc/connect";
import type { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.task.v1.TaskService.ListHeldLocks. */
export function listHeldLocks({ store }: Deps): MethodImpl<typeof TaskService.method.listHeldLocks> {
  return async (_, context) => ({ locks: await store.listHeldLocks(callerOf(context).userId) });
}
