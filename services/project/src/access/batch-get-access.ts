import type { MethodImpl } from "@connectrpc/connect";
import type { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { isVisible } from "./access.ts";
import { answered, notBefore } from "./answer-access.ts";

/** Implements tessera.project.v1.AccessService.BatchGetAccess. */
export function batchGetAccess({
  store,
  viewers,
}: Deps): MethodImpl<typeof AccessService.method.batchGetAccess> {
  return async ({ projectIds, maxAge }, context) => {
    const { userId } = callerOf(context);
    const known = await viewers.known(context, notBefore(maxAge));
    const ruled = await store.access.of(projectIds.map((projectId) => ({ projectId, userId })));
    const seen = ruled.filter(({ project }) => isVisible(project, known?.viewer));
    const ids = new Set(seen.map(({ projectId }) => projectId));
    return {
      accesses: seen.map((it) => answered(it, known)),
      missingProjectIds: projectIds.filter((projectId) => !ids.has(projectId)),
    };
  };
}
