import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type HandlerContext, type Transport } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { away } from "@tessera/rpc/admission/away.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { correlationHeaders } from "@tessera/rpc/correlation.ts";
import { forOthersToo, leftMs, onward } from "@tessera/rpc/deadline.ts";
import { notBeforeOf } from "@tessera/rpc/freshness.ts";
import { within } from "@tessera/rpc/within.ts";
import type { AccessOfKind } from "./access-by-kind.ts";
import type { AskAccess } from "./ask-access.ts";
import type { KnownAccess } from "./known-access.ts";
import { projectNotFound } from "./project-not-found.ts";
import { type ProjectFilter, seenProjects } from "./seen-projects.ts";

/** How long an answer is waited for. */
const ASK_MS = 5_000;

type Context = Pick<HandlerContext, "values" | "signal" | "requestHeader">;

/** The project service, as this service asks it. */
export interface Projects {
  /** What the caller may do in a project. Refuses PROJECT_NOT_FOUND. */
  access(projectId: number, context: Context): Promise<Access>;
  /** Whether the caller may see a project, as far as that is known already. */
  isKnownToSee(projectId: number, context: Context): boolean;
  /** Those of these projects that the caller may see. */
  visible(projectIds: readonly number[], context: Context): Promise<number[]>;
  /** The projects of an organisation, a team or a campaign that the caller may see. */
  matching(filter: ProjectFilter, context: Context): Promise<number[]>;
  /** The project's area of interest. Refuses PROJECT_NOT_FOUND. */
  area(projectId: number, context: Context): Promise<MultiPolygon>;
  /** The same, with the priority areas, and the revision of the project that has both. */
  areaNow(projectId: number, context: Context): Promise<AreaNow>;
}

/** The areas of a project as they are now. */
export interface AreaNow {
  area: MultiPolygon;
  priorityAreas?: MultiPolygon | undefined;
  revision: bigint;
}

/** How the project service is asked. */
export interface ProjectsOptions {
  /** On behalf of the caller. */
  transport: Transport;
  /** In this service's own name; undefined for a service without an account. */
  askAccess?: AskAccess | undefined;
  known: KnownAccess;
  now?: () => number;
}

/** Asks the project service, with what is known already, so that a lock seldom waits. */
export function projects({ transport, askAccess, known, now = Date.now }: ProjectsOptions): Projects {
  const client = createClient(ProjectService, transport);
  const ask = async (
    projectId: number,
    context: Context,
    maxAgeMs: number | undefined,
  ): Promise<AccessOfKind | undefined> => {
    const { userId } = callerOf(context);
    const correlation = correlationHeaders(context.requestHeader);
    const found = userId > 0n ? await askAccess?.({ projectId, userId, maxAgeMs, correlation }) : undefined;
    if (found !== undefined) return found;
    const request = { projectId, ...(maxAgeMs !== undefined && { maxAge: durationFromMs(maxAgeMs) }) };
    return (await client.getAccess(request, { ...onward(forOthersToo(context)), timeoutMs: ASK_MS })).access;
  };

  const areaNow: Projects["areaNow"] = async (projectId, context) => {
    const { project } = await away(context, client.getProject({ projectId }, onward(context)));
    if (project?.area === undefined)
      throw new ConnectError("the project service left the area out", Code.Internal);
    const { area, priorityAreas, revision } = project;
    return { area, priorityAreas, revision };
  };
  return {
    ...seenProjects(transport),
    access: async (projectId, context) => {
      const { userId } = callerOf(context);
      const notBeforeMs = notBeforeOf(context, now());
      const answer = known.get({ projectId, userId }, notBeforeMs, (maxAgeMs) =>
        ask(projectId, context, maxAgeMs),
      );
      const access =
        answer instanceof Promise ? await away(context, within(answer, leftMs(context))) : answer;
      if (access === "absent") throw projectNotFound(projectId);
      return access;
    },
    isKnownToSee: (projectId, context) => {
      const answer = known.now({ projectId, userId: callerOf(context).userId });
      return answer !== undefined && answer !== "absent";
    },
    area: async (projectId, context) => (await areaNow(projectId, context)).area,
    areaNow,
  };
}
