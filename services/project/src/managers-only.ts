import type { HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isManager, isVisible } from "./access.ts";
import type { Deps } from "./deps.ts";
import { notManager, projectNotFound } from "./refusals.ts";

/** Lets nobody pass but a project's managers. Refuses in this order: PROJECT_NOT_FOUND, NOT_MANAGER. */
export async function refuseOthers(
  { store, viewers }: Pick<Deps, "store" | "viewers">,
  projectId: number,
  context: HandlerContext,
): Promise<void> {
  const { userId } = callerOf(context);
  const [ruled] = await store.access.of([{ projectId, userId }]);
  if (ruled !== undefined && userId > 0n && ruled.project.authorUserId === userId) return;
  // Asked also where there is no project: how long the answer takes does not tell whether there is a hidden one.
  const viewer = await viewers.of(context);
  if (ruled !== undefined && isManager(ruled.project, viewer)) return;
  throw ruled && isVisible(ruled.project, viewer) ? notManager(projectId) : projectNotFound(projectId);
}
