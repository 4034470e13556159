import type { MethodImpl } from "@connectrpc/connect";
import type { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import type { Deps } from "../deps.ts";
import { isVisible } from "./access.ts";
import { answered, notBefore } from "./answer-access.ts";

/** Implements tessera.project.v1.AccessService.BatchGetUserAccess. */
export function batchGetUserAccess({
  store,
  viewers,
}: Deps): MethodImpl<typeof AccessService.method.batchGetUserAccess> {
  return async ({ projectId, userIds, maxAge }) => {
    const known = await viewers.many(userIds, notBefore(maxAge));
    const ruled = await store.access.of([...known.keys()].map((userId) => ({ projectId, userId })));
    const seen = ruled.filter(({ project, userId }) => isVisible(project, known.get(userId)?.viewer));
    const accesses = new Map(seen.map((it) => [it.userId, answered(it, known.get(it.userId))]));
    return {
      accesses: userIds.flatMap((userId) => accesses.get(userId) ?? []),
      missingUserIds: userIds.filter((userId) => !accesses.has(userId)),
    };
  };
}
