import { Code, ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { onward } from "@tessera/rpc/deadline.ts";

/** An answer is used again for so long, counted from the moment of asking. */
const FRESH_MS = 5_000;
/** How long an answer is waited for. */
const ASK_MS = 5_000;
/** So many answers are kept; the oldest leaves first. */
const KEPT_MAX = 50_000;

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** The project service, as this service asks it. */
export interface Projects {
  /** What the caller may do in a project. Refuses PROJECT_NOT_FOUND. */
  access(projectId: number, context: Context): Promise<Access>;
  /** The project's area of interest. Refuses PROJECT_NOT_FOUND. */
  area(projectId: number, context: Context): Promise<MultiPolygon>;
  /** The same, and the revision of the project that has it. */
  areaNow(projectId: number, context: Context): Promise<{ area: MultiPolygon; revision: bigint }>;
}

/** Asks the project service, and uses an answer about access again while it is fresh, so that a lock seldom waits. */
export function projects(transport: Transport): Projects {
  const client = createClient(ProjectService, transport);
  const kept = new Map<string, { access: Promise<Access>; askedMs: number }>();

  const ask = async (projectId: number, context: Context): Promise<Access> => {
    // Several calls may wait for this answer: none of them may take it away by leaving, or by being in a hurry.
    const { signal: _, ...options } = onward(context);
    const { access } = await client.getAccess({ projectId }, { ...options, timeoutMs: ASK_MS });
    if (access === undefined) throw new ConnectError("the project service answered nothing", Code.Internal);
    return access;
  };
  const areaNow: Projects["areaNow"] = async (projectId, context) => {
    const { project } = await client.getProject({ projectId }, onward(context));
    if (project?.area === undefined)
      throw new ConnectError("the project service left the area out", Code.Internal);
    return { area: project.area, revision: project.revision };
  };
  return {
    access: (projectId, context) => {
      const key = `${projectId}/${callerOf(context).userId}`;
      const known = kept.get(key);
      if (known !== undefined && Date.now() - known.askedMs < FRESH_MS) return known.access;
      kept.delete(key);
      if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as string);
      const entry = { access: ask(projectId, context), askedMs: Date.now() };
      kept.set(key, entry);
      // A failure is not an answer: whoever comes next asks again.
      entry.access.catch(() => kept.get(key) === entry && kept.delete(key));
      return entry.access;
    },
    area: async (projectId, context) => (await areaNow(projectId, context)).area,
    areaNow,
  };
}
