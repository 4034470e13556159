import type { MethodImpl } from "@connectrpc/connect";
import type { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import type { Deps } from "../deps.ts";
import { isVisible } from "./access.ts";
import { accessKindOf } from "./access-kind.ts";
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
    const answers = new Map(
      seen.map((it) => {
        const person = known.get(it.userId);
        return [it.userId, { access: answered(it, person), kind: accessKindOf(it.project, person?.viewer) }];
      }),
    );
    const found = userIds.flatMap((userId) => answers.get(userId) ?? []);
    return {
      accesses: found.map(({ access }) => access),
      missingUserIds: userIds.filter((userId) => !answers.has(userId)),
      kinds: found.map(({ kind }) => kind),
    };
  };
}
