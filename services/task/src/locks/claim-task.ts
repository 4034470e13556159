import type { MethodImpl } from "@connectrpc/connect";
import { ClaimOrder, type LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { withFields } from "@tessera/rpc/validation/validation.ts";
import type { Deps } from "../deps.ts";
import { claim, ownWillDo } from "./claim.ts";

/** Implements tessera.task.v1.LockService.ClaimTask. */
export function claimTask({
  store,
  projects,
  settings,
}: Deps): MethodImpl<typeof LockService.method.claimTask> {
  return (request, context) => {
    if (request.order === ClaimOrder.NEAREST) withFields(request, "longitude", "latitude");
    return store.claimTask({
      request,
      context,
      ask: () => projects.access(request.projectId, context),
      ownWillDo: (access) => ownWillDo(access, request.purpose),
      decide: (known, offered, access) =>
        claim(known, offered, callerOf(context), access, request.purpose, settings.slotLimits),
    });
  };
}
