import type { MethodImpl } from "@connectrpc/connect";

import type { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";

/** Implements tessera.auth.v1.MembershipService.BatchGetMemberships. */
export function batchGetMemberships({
  store,
}: Deps): MethodImpl<typeof MembershipService.method.batchGetMemberships> {
  return async ({ userIds }, context) => {
    return { memberships: await store.memberships.of(userIds, callerOf(context)) };
  };
}
