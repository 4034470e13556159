import type { ServiceImpl } from "@connectrpc/connect";
import type { MembershipService } from "@tessera/contracts/tessera/auth/v1/membership_service_pb.ts";
import type { Deps } from "../deps.ts";
import { getMemberships } from "./get-memberships.ts";
import { getUserMemberships } from "./get-user-memberships.ts";

/** Implements tessera.auth.v1.MembershipService. */
export function membershipService(deps: Deps): ServiceImpl<typeof MembershipService> {
  return {
    getMemberships: getMemberships(deps),
    getUserMemberships: getUserMemberships(deps),
  };
}
