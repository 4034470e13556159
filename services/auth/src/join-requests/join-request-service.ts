import type { ServiceImpl } from "@connectrpc/connect";
import type { JoinRequestService } from "@tessera/contracts/tessera/auth/v1/join_request_service_pb.ts";
import type { Deps } from "../deps.ts";
import { createJoinRequest } from "./create-join-request.ts";
import { decideJoinRequest } from "./decide-join-request.ts";
import { getJoinRequest } from "./get-join-request.ts";
import { listJoinRequests } from "./list-join-requests.ts";
import { withdrawJoinRequest } from "./withdraw-join-request.ts";

/** Implements tessera.auth.v1.JoinRequestService. */
export function joinRequestService(deps: Deps): ServiceImpl<typeof JoinRequestService> {
  return {
    createJoinRequest: createJoinRequest(deps),
    getJoinRequest: getJoinRequest(deps),
    listJoinRequests: listJoinRequests(deps),
    decideJoinRequest: decideJoinRequest(deps),
    withdrawJoinRequest: withdrawJoinRequest(deps),
  };
}
