import type { MethodImpl } from "@connectrpc/connect";
import type { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.task.v1.LockService.ListHeldLocks. */
export function listHeldLocks({ store }: Deps): MethodImpl<typeof LockService.method.listHeldLocks> {
  return async (_, context) => ({ locks: await store.listHeldLocks(callerOf(context).userId) });
}
