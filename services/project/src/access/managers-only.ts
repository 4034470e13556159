import type { HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { notManager, projectNotFound } from "../refusals.ts";
import { isManager, isVisible, type SeenProject } from "./access.ts";

/**
 * Returns a project, as it was read before, to its managers alone; `project` is undefined if there was none. Refuses in this
 * order: PROJECT_NOT_FOUND, NOT_MANAGER.
 */
export async function managedProject<P extends SeenProject>(
  { viewers }: Pick<Deps, "viewers">,
  project: P | undefined,
  projectId: number,
  context: HandlerContext,
): Promise<P> {
  const { userId } = callerOf(context);
  if (project !== undefined && userId > 0n && project.authorUserId === userId) return project;
  // Read also if there is no project, so that the time of the answer does not reveal a hidden one.
  const viewer = await viewers.of(context);
  if (project !== undefined && isManager(project, viewer)) return project;
  throw project && isVisible(project, viewer) ? notManager(projectId) : projectNotFound(projectId);
}
