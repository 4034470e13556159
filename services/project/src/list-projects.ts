import { Code, ConnectError, type HandlerContext, type MethodImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isAdministrator } from "./access.ts";
import type { CurrentUser } from "./current-user.ts";
import type { Deps } from "./deps.ts";
import { pageToken, readPageToken } from "./page-token.ts";

const DEFAULT_PAGE_SIZE = 20;
/** A list waits no longer than this to learn whether it is for an administrator. */
const ASK_MOST_MS = 1_000;

/** Implements tessera.project.v1.ProjectService.ListProjects. */
export function listProjects(deps: Deps): MethodImpl<typeof ProjectService.method.listProjects> {
  const { store, currentUser } = deps;
  return async (request, context) => {
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const before = readPageToken(request);
    const { userId } = callerOf(context);
    const allDrafts = userId !== 0n && (await seesAllDrafts(currentUser, context));
    // One more than the page holds tells whether another page follows.
    const found = await store.projects.list({ before, most: pageSize + 1, userId, allDrafts });
    const projects = found.slice(0, pageSize);
    const last = projects.at(-1);
    const more = last !== undefined && found.length > pageSize;
    return { projects, nextPageToken: more ? pageToken(request, last.projectId) : "" };
  };
}

/**
 * While auth cannot be asked, nobody counts as an administrator: other people's drafts are missing from the list, and
 * everybody goes on seeing what is published.
 */
async function seesAllDrafts(currentUser: CurrentUser, context: HandlerContext): Promise<boolean> {
  try {
    return isAdministrator(await currentUser(context, { mostMs: ASK_MOST_MS }));
  } catch (error) {
    const gone = [Code.Unavailable, Code.DeadlineExceeded] as Code[];
    if (error instanceof ConnectError && error.details.length === 0 && gone.includes(error.code))
      return false;
    throw error;
  }
}
