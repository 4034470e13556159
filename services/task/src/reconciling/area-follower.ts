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
  WatchProjectEventsResponse,
} from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import {
  ReconcileTasksRequestSchema,
  TaskService,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { foldFeed } from "@tessera/feeds/fold-feed.ts";
import { requestKey } from "@tessera/postgres/requests.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Deps } from "../deps.ts";
import type { Found, Reconciliation, Unread } from "./store.ts";

/** How long an area is waited for. */
const ASK_MS = 10_000;
/** Between two tries to follow. */
const RETRY_MS = 2_000;
/** A look for areas that could not be read, without a sign that there are any. */
const UNREAD_MS = 30_000;
/** The most of those read at once. */
const UNREAD_AT_ONCE = 10;
/** After this many unreadable areas of a batch the others are left for later. */
const FAILED_MAX = 3;
/** The user of a reconciliation that no person started. No caller is called so. */
const NOBODY = "system";
const NOT_FOUND = reasonFacts(ReasonSchema, Reason.PROJECT_NOT_FOUND).name;

/** What the follower of areas needs. */
export interface AreaFollowerOptions {
  store: Pick<Deps["store"], "areaFeed" | "signs">;
  operations: Deps["operations"];
  events: Pick<Client<typeof ProjectEventService>, "watchProjectEvents">;
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
 * Follows the feed of projects, and starts a reconciliation where an area, or the priority areas, were changed after the
 * project was cut into tasks: once for each change, however often the feed repeats it. While the project service is gone nothing is missed. An
 * area that cannot be read is read later, and the projects behind it do not wait for it.
 */
export function areaFollower(options: AreaFollowerOptions): { stop(): Promise<void> } {
  const { store, operations, events, headers, holder, log, retryMs = RETRY_MS } = options;
  const { take, release, moveTo, write } = store.areaFeed;
  const following = foldFeed<WatchProjectEventsResponse>({
    feed: "areas of projects",
    followed: {
      take,
      release,
      write: async (held, next, messages) => {
        const found = await reconciliationsOf(options, messages);
        const written = await write(held, next, found);
        if (found.reconciliations.length > 0) operations.poke();
        return written;
      },
      startAgain: (held) => moveTo(held, ""),
    },
    watch: (position, call) => events.watchProjectEvents({ position, fromStart: true }, call),
    headers,
    holder,
    log,
    retryMs,
  });
  const retrying = repeat({
    everyMs: UNREAD_MS,
    work: () => retryUnread(options),
    failed: (error) => log.warn({ err: error }, "could not look for unread areas; retrying"),
  });
  store.signs.on(({ unread }) => unread && retrying.poke());
  return {
    stop: async () => {
      await Promise.all([following.stop(), retrying.stop()]);
    },
  };
}

/** Reads some areas that could not be read before. */
async function retryUnread(options: AreaFollowerOptions): Promise<void> {
  const { store, operations, log } = options;
  const { takeUnread, startUnread, dropUnread } = store.areaFeed;
  for (const unread of await takeUnread(UNREAD_AT_ONCE)) {
    const reconciliation = await reconciliationOf(options, unread).catch(logged(log, unread));
    if (reconciliation === "unread") continue;
    if (reconciliation === undefined) await dropUnread(unread);
    else await startUnread(reconciliation);
    operations.poke();
  }
}

/** What is to be reconciled after these messages: the projects with tasks whose area was changed, each to its area of now. */
async function reconciliationsOf(
  options: AreaFollowerOptions,
  messages: readonly WatchProjectEventsResponse[],
): Promise<Found> {
  const changed = new Map<number, bigint>();
  for (const { event } of messages) {
    if (event && isAreaChanged(event)) changed.set(event.projectId, event.revision);
  }
  if (changed.size === 0) return { reconciliations: [], unread: [] };
  const reconciliations: Reconciliation[] = [];
  const unread: Unread[] = [];
  for (const projectId of await options.store.areaFeed.withTasks([...changed.keys()])) {
    const one = { projectId, revision: changed.get(projectId) ?? 0n };
    const reconciliation =
      unread.length < FAILED_MAX
        ? await reconciliationOf(options, one).catch(logged(options.log, one))
        : "unread";
    if (reconciliation === "unread") unread.push(one);
    else if (reconciliation !== undefined) reconciliations.push(reconciliation);
  }
  return { reconciliations, unread };
}

/** The reconciliation of a project to its area of now; undefined if the project is gone. */
async function reconciliationOf(
  { projects, headers }: AreaFollowerOptions,
  { projectId, revision }: Unread,
): Promise<Reconciliation | undefined> {
  const call = { headers: await headers(), timeoutMs: ASK_MS };
  const { project } = await projects.getProject({ projectId }, call).catch(ignoreMissing);
  if (project?.area === undefined) return undefined;
  const request = create(ReconcileTasksRequestSchema, {
    requestId: `area-of-revision-${revision}`,
    projectId,
  });
  return {
    key: requestKey(TaskService.method.reconcileTasks, request, { projectId, caller: NOBODY }),
    request: toBinary(ReconcileTasksRequestSchema, request),
    area: toBinary(MultiPolygonSchema, project.area),
    priorityAreas: project.priorityAreas && toBinary(MultiPolygonSchema, project.priorityAreas),
    areaRevision: project.revision,
  };
}

function logged(log: Log, { projectId }: Unread): (error: unknown) => "unread" {
  return (error) => {
    log.warn({ err: error, projectId }, "could not read the area of a project; retrying later");
    return "unread";
  };
}

/** An event that has a kind of its own for something else may be of the area or the priority areas as well. */
function isAreaChanged({ kind, fields }: ProjectEvent): boolean {
  const isOf = (field: string) => fields.includes(field);
  return kind === ProjectEventKind.AREA_CHANGED || isOf("area") || isOf("priority_areas");
}

/** A project that was deleted meanwhile has nothing to reconcile. */
function ignoreMissing(error: unknown): { project?: undefined } {
  if (error instanceof ConnectError && refusalIn(error)?.reason.name === NOT_FOUND) return {};
  throw error;
}
