import type { ServiceImpl } from "@connectrpc/connect";
import type { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import type { Deps } from "../deps.ts";
import { batchGetMemberships } from "./batch-get-memberships.ts";
import { getCurrentUserMemberships } from "./get-current-user-memberships.ts";
import { getUserMemberships } from "./get-user-memberships.ts";

/** Implements tessera.auth.v1.MembershipService. */
export function membershipService(deps: Deps): ServiceImpl<typeof MembershipService> {
  return {
    getCurrentUserMemberships: getCurrentUserMemberships(deps),
    batchGetMemberships: batchGetMemberships(deps),
    getUserMemberships: getUserMemberships(deps),
  };
}
