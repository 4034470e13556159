import type { HandlerContext } from "@connectrpc/connect";
import { callerOf } from "@tessera/rpc/caller.ts";
import { type StreamEnd, streamEnd } from "@tessera/rpc/stream-end.ts";
import { isProjectNotFound, projectNotFound } from "../access/project-not-found.ts";
import type { Projects } from "../access/projects.ts";
import type { Deps } from "../deps.ts";

/** Another service of the deployment, which follows everything: no person's token has this scope. */
const SERVICE = "services";

function isService(context: Pick<HandlerContext, "values">): boolean {
  const { scopes, actor } = callerOf(context);
  return scopes.has(SERVICE) && actor === "";
}

/** Whether the caller may see a project, as far as that is known without asking. */
export function isKnownToSee(
  projects: Projects,
  projectId: number,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): boolean {
  return isService(context) || projects.isKnownToSee(projectId, context);
}

/** Whether the caller may see a project. Answers are used again for some seconds. */
export async function visible(
  projects: Projects,
  projectId: number,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): Promise<boolean> {
  if (isService(context)) return true;
  try {
    await projects.access(projectId, context);
    return true;
  } catch (error) {
    if (isProjectNotFound(error)) return false;
    throw error;
  }
}

/** When a stream about a project, or about all, ends: also when its reader loses sight of the project, while nothing happens. */
export function whileVisible(
  { projects, settings, stopping }: Pick<Deps, "projects" | "settings" | "stopping">,
  projectId: number | undefined,
  context: Pick<HandlerContext, "values" | "signal" | "requestHeader">,
): StreamEnd {
  const look =
    projectId === undefined
      ? undefined
      : async () => ((await visible(projects, projectId, context)) ? undefined : projectNotFound(projectId));
  return streamEnd({ maxMs: settings.streamMaxMs, stopping, look }, context);
}
