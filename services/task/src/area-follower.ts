import { create, toBinary } from "@bufbuild/protobuf";
import { type Client, ConnectError } from "@connectrpc/connect";
import { reasonFacts } from "@tessera/contracts/reason-facts.ts";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type ProjectEvent,
  ProjectEventKind,
} from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type {
  ProjectEventService,
  WatchProjectsResponse,
} from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { FitTasksRequestSchema, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { requestKey } from "@tessera/postgres/requests.ts";
import { foldFeed } from "@tessera/rpc/fold-feed.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { Deps } from "./deps.ts";
import type { Fitting } from "./store/area-feed.ts";

/** How long an area is waited for. */
const ASK_MS = 10_000;
/** Who starts a fitting that nobody asked for. No caller is called so. */
const NOBODY = "system";
const NOT_FOUND = reasonFacts(ReasonSchema, Reason.PROJECT_NOT_FOUND).name;

/** What the follower of areas needs. */
export interface AreaFollowerOptions {
  store: Pick<Deps["store"], "areaFeed">;
  operations: Deps["operations"];
  events: Pick<Client<typeof ProjectEventService>, "watchProjects">;
  projects: Pick<Client<typeof ProjectService>, "getProject">;
  /** What its calls carry: who it is. */
  headers: () => Promise<Record<string, string>>;
  /** The replica's own id. */
  holder: string;
  log: Log;
  /** Between two tries; a test says otherwise than the default. */
  retryMs?: number;
}

/**
 * Follows the feed of projects, and starts a fitting where an area was changed after the project was cut into tasks: once
 * for each change, however often it is told of. While the project service is gone nothing is missed.
 */
export function areaFollower(options: AreaFollowerOptions): { stop(): Promise<void> } {
  const { store, operations, events, headers, holder, log, retryMs } = options;
  const { take, release, moveTo, write } = store.areaFeed;
  return foldFeed<WatchProjectsResponse>({
    feed: "areas of projects",
    followed: {
      take,
      release,
      write: async (place, next, messages) => {
        const fittings = await fittingsOf(options, messages);
        const written = await write(place, next, fittings);
        if (fittings.length > 0) operations.poke();
        return written;
      },
      startAgain: (place) => moveTo(place, ""),
    },
    watch: (position, call) => events.watchProjects({ position, fromStart: true }, call),
    headers,
    holder,
    log,
    ...(retryMs !== undefined && { retryMs }),
  });
}

/** What is to be fitted after these messages: the projects with tasks whose area was changed, each to its area of now. */
async function fittingsOf(
  { store, projects, headers }: AreaFollowerOptions,
  messages: readonly WatchProjectsResponse[],
): Promise<Fitting[]> {
  const changed = new Map<number, bigint>();
  for (const { event } of messages) {
    if (event && isAreaChanged(event)) changed.set(event.projectId, event.revision);
  }
  if (changed.size === 0) return [];
  const fittings: Fitting[] = [];
  for (const projectId of await store.areaFeed.withTasks([...changed.keys()])) {
    const call = { headers: await headers(), timeoutMs: ASK_MS };
    const { project } = await projects.getProject({ projectId }, call).catch(goneIsNothing);
    if (project?.area === undefined) continue;
    const request = create(FitTasksRequestSchema, {
      requestId: `area-of-revision-${changed.get(projectId)}`,
      projectId,
    });
    fittings.push({
      key: requestKey(TaskService.method.fitTasks, request, { projectId, caller: NOBODY }),
      request: toBinary(FitTasksRequestSchema, request),
      area: toBinary(MultiPolygonSchema, project.area),
      areaRevision: project.revision,
    });
  }
  return fittings;
}

/** An event that has a kind of its own for something else may be of the area as well. */
function isAreaChanged({ kind, fields }: ProjectEvent): boolean {
  return kind === ProjectEventKind.AREA_CHANGED || fields.includes("area");
}

/** A project that was deleted meanwhile has nothing to fit. */
function goneIsNothing(error: unknown): { project?: undefined } {
  if (error instanceof ConnectError && refusalIn(error)?.reason.name === NOT_FOUND) return {};
  throw error;
}
