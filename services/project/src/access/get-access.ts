import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { projectNotFound } from "../refusals.ts";
import { isVisible } from "./access.ts";
import { answered, notBefore } from "./answer-access.ts";

/** Implements tessera.project.v1.ProjectService.GetAccess. */
export function getAccess({ store, viewers }: Deps): MethodImpl<typeof ProjectService.method.getAccess> {
  return async ({ projectId, maxAge }, context) => {
    const { userId } = callerOf(context);
    const known = await viewers.known(context, notBefore(maxAge));
    // Read after the viewer, so that the answer is no older than the project's revision says.
    const [ruled] = await store.access.of([{ projectId, userId }]);
    if (ruled === undefined || !isVisible(ruled.project, known?.viewer)) throw projectNotFound(projectId);
    return { access: answered(ruled, known) };
  };
}
