import type { MethodImpl } from "@connectrpc/connect";

import type { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.auth.v1.MembershipService.GetCurrentUserMemberships. */
export function getCurrentUserMemberships({
  store,
}: Deps): MethodImpl<typeof MembershipService.method.getCurrentUserMemberships> {
  return async (_, context) => {
    const caller = callerOf(context);
    const [memberships] = await store.memberships.of([caller.userId], caller);
    return memberships === undefined ? {} : { memberships };
  };
}
