import type { ServiceImpl } from "@connectrpc/connect";
import type { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import type { Deps } from "../deps.ts";
import { batchGetAccess } from "./batch-get-access.ts";
import { batchGetUserAccess } from "./batch-get-user-access.ts";

/** Implements tessera.project.v1.AccessService. */
export function accessService(deps: Deps): ServiceImpl<typeof AccessService> {
  return { batchGetAccess: batchGetAccess(deps), batchGetUserAccess: batchGetUserAccess(deps) };
}
