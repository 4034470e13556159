import type { MethodImpl } from "@connectrpc/connect";

import type { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.auth.v1.MembershipService.GetUserMemberships. */
export function getUserMemberships({
  store,
}: Deps): MethodImpl<typeof MembershipService.method.getUserMemberships> {
  return async ({ userId }, context) => {
    const [memberships] = await store.memberships.of([userId], callerOf(context));
    return memberships === undefined ? {} : { memberships };
  };
}
