import type { HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { projectNotFound } from "../refusals.ts";
import { isPublic, isVisible } from "./access.ts";

/** Lets nobody pass but who may see a project. Refuses PROJECT_NOT_FOUND. */
export async function refuseStrangers(
  { store, viewers }: Pick<Deps, "store" | "viewers">,
  projectId: number,
  context: HandlerContext,
): Promise<void> {
  const { userId } = callerOf(context);
  const [ruled] = await store.access.of([{ projectId, userId }]);
  if (ruled !== undefined && isPublic(ruled.project)) return;
  // Read also if there is no project, so that the time of the answer does not reveal a hidden one.
  const viewer = await viewers.of(context);
  if (ruled === undefined || !isVisible(ruled.project, viewer)) throw projectNotFound(projectId);
}
