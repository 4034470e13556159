import { setTimeout as sleep } from "node:timers/promises";
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
import { foldFeed } from "@tessera/feeds/fold-feed.ts";
import { requestKey } from "@tessera/postgres/requests.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { Deps } from "../deps.ts";
import type { Fitting, Found, Unread } from "./store.ts";

/** How long an area is waited for. */
const ASK_MS = 10_000;
/** Between two tries to follow, and between two looks for areas that could not be read. */
const RETRY_MS = 2_000;
/** The most of those read at once. */
const UNREAD_AT_ONCE = 10;
/** After this many unreadable areas of a batch the others are left for later. */
const FAILED_MAX = 3;
/** The user of a fitting that no person started. No caller is called so. */
const NOBODY = "system";
const NOT_FOUND = reasonFacts(ReasonSchema, Reason.PROJECT_NOT_FOUND).name;

/** What the follower of areas needs. */
export interface AreaFollowerOptions {
  store: Pick<Deps["store"], "areaFeed">;
  operations: Deps["operations"];
  events: Pick<Client<typeof ProjectEventService>, "watchProjects">;
  projects: Pick<Client<typeof ProjectService>, "getProject">;
  /** The headers of its calls, with its identity. */
  headers: () => Promise<Record<string, string>>;
  /** The replica's own id. */
  holder: string;
  log: Log;
  /** Between two tries; a test says otherwise than the default. */
  retryMs?: number;
}

/**
 * Follows the feed of projects, and starts a fitting where an area was changed after the project was cut into tasks:
 * once for each change, however often the feed repeats it. While the project service is gone nothing is missed. An
 * area that cannot be read is read later, and the projects behind it do not wait for it.
 */
export function areaFollower(options: AreaFollowerOptions): { stop(): Promise<void> } {
  const { store, operations, events, headers, holder, log, retryMs = RETRY_MS } = options;
  const { take, release, moveTo, write } = store.areaFeed;
  const following = foldFeed<WatchProjectsResponse>({
    feed: "areas of projects",
    followed: {
      take,
      release,
      write: async (place, next, messages) => {
        const found = await fittingsOf(options, messages);
        const written = await write(place, next, found);
        if (found.fittings.length > 0) operations.poke();
        return written;
      },
      startAgain: (place) => moveTo(place, ""),
    },
    watch: (position, call) => events.watchProjects({ position, fromStart: true }, call),
    headers,
    holder,
    log,
    retryMs,
  });
  const stopping = new AbortController();
  const retrying = retryUnread(options, retryMs, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([following.stop(), retrying]);
    },
  };
}

/** Reads areas that could not be read before, until it is stopped. */
async function retryUnread(
  options: AreaFollowerOptions,
  retryMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { store, operations, log } = options;
  const { takeUnread, startUnread, dropUnread } = store.areaFeed;
  while (!signal.aborted) {
    try {
      for (const unread of await takeUnread(UNREAD_AT_ONCE)) {
        const fitting = await fittingOf(options, unread).catch(logged(log, unread));
        if (fitting === "unread") continue;
        if (fitting === undefined) await dropUnread(unread);
        else await startUnread(fitting);
        operations.poke();
      }
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, "could not look for unread areas; retrying");
    }
    await sleep(retryMs, undefined, { signal }).catch(() => {});
  }
}

/** What is to be fitted after these messages: the projects with tasks whose area was changed, each to its area of now. */
async function fittingsOf(
  options: AreaFollowerOptions,
  messages: readonly WatchProjectsResponse[],
): Promise<Found> {
  const changed = new Map<number, bigint>();
  for (const { event } of messages) {
    if (event && isAreaChanged(event)) changed.set(event.projectId, event.revision);
  }
  if (changed.size === 0) return { fittings: [], unread: [] };
  const fittings: Fitting[] = [];
  const unread: Unread[] = [];
  for (const projectId of await options.store.areaFeed.withTasks([...changed.keys()])) {
    const one = { projectId, revision: changed.get(projectId) ?? 0n };
    const fitting =
      unread.length < FAILED_MAX ? await fittingOf(options, one).catch(logged(options.log, one)) : "unread";
    if (fitting === "unread") unread.push(one);
    else if (fitting !== undefined) fittings.push(fitting);
  }
  return { fittings, unread };
}

/** The fitting of a project to its area of now; undefined if the project is gone. */
async function fittingOf(
  { projects, headers }: AreaFollowerOptions,
  { projectId, revision }: Unread,
): Promise<Fitting | undefined> {
  const call = { headers: await headers(), timeoutMs: ASK_MS };
  const { project } = await projects.getProject({ projectId }, call).catch(goneIsNothing);
  if (project?.area === undefined) return undefined;
  const request = create(FitTasksRequestSchema, { requestId: `area-of-revision-${revision}`, projectId });
  return {
    key: requestKey(TaskService.method.fitTasks, request, { projectId, caller: NOBODY }),
    request: toBinary(FitTasksRequestSchema, request),
    area: toBinary(MultiPolygonSchema, project.area),
    areaRevision: project.revision,
  };
}

function logged(log: Log, { projectId }: Unread): (error: unknown) => "unread" {
  return (error) => {
    log.warn({ err: error, projectId }, "could not read the area of a project; retrying later");
    return "unread";
  };
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
