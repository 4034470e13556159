import { once } from "node:events";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type HandlerContext, type MethodImpl } from "@connectrpc/connect";
import type { TaskEvent } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import {
  type TaskEventService,
  type WatchTaskEventsRequest,
  type WatchTaskEventsResponse,
  WatchTaskEventsResponseSchema,
} from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { BehindTooFar } from "@tessera/feeds/feed.ts";
import { gather } from "@tessera/feeds/gather.ts";
import { frameOnce } from "@tessera/rpc/codec.ts";
import { directOf } from "@tessera/rpc/direct.ts";
import { projectNotFound } from "../access/project-not-found.ts";
import type { Deps } from "../deps.ts";
import { positionText, readPosition } from "../position.ts";
import { isKnownToSee, visible, whileVisible } from "../tasks/visible.ts";
import { concerns, type EventRow, eventOf } from "./store.ts";

/** What comes within this time is one message of a stream in batches, at most this many events. */
const BATCH = { waitMs: 180, most: 500 };

/** Implements tessera.task.v1.TaskEventService.WatchTaskEvents. */
export function watchTaskEvents(deps: Deps): MethodImpl<typeof TaskEventService.method.watchTaskEvents> {
  const { store, projects } = deps;
  return async function* (request, context) {
    const { projectId, inBatches } = request;
    if (projectId !== undefined) await projects.access(projectId, context);
    let last = await begin(deps, request);
    yield { position: positionText(last) };

    using end = whileVisible(deps, projectId, context);
    if (request.withoutEvents) {
      if (!end.signal.aborted) await once(end.signal, "abort");
      return end.throwIfLost();
    }
    const shown = new Set(projectId === undefined ? [] : [projectId]);
    const wants = wantedBy(request);
    const direct = directOf(context);
    const { signal } = end;
    const rows =
      projectId === undefined || wants !== undefined || inBatches || direct === undefined
        ? store.events.watch({ projectId, wants, after: last, signal })
        : store.events.watchDirectly({
            ...{ projectId, after: last, signal },
            direct: { ...direct, frameOf, sees: () => isKnownToSee(projects, projectId, context) },
          });
    // Asked anew every few seconds: what the caller may see can change while the stream lasts.
    const isSeen = async (row: EventRow) => {
      const sees = await stillVisible(projects, row.project_id, context as HandlerContext, shown);
      if (!sees && projectId !== undefined) throw projectNotFound(projectId);
      return sees;
    };
    try {
      if (inBatches)
        for await (const lot of gather(rows, BATCH)) {
          yield await batchOf(lot, isSeen);
          last = lot.at(-1)?.position ?? last;
        }
      else
        for await (const row of rows) {
          if (await isSeen(row)) yield messageOf(row);
          last = row.position;
        }
      end.throwIfLost();
    } catch (error) {
      if (!(error instanceof BehindTooFar)) throw error;
      // As a message and not as an error, which would overtake what was sent and not read yet.
      yield { position: positionText(last), dropped: true };
    }
  };
}

/** Which events a stream is of; undefined for all. */
function wantedBy({ userId, kinds }: WatchTaskEventsRequest): ((row: EventRow) => boolean) | undefined {
  if (userId === undefined && kinds.length === 0) return undefined;
  const wanted = new Set<number>(kinds);
  return (row) =>
    (userId === undefined || concerns(row, userId)) && (wanted.size === 0 || wanted.has(row.kind));
}

/** The message of some events: those that the caller may see. */
async function batchOf(
  rows: readonly EventRow[],
  isSeen: (row: EventRow) => Promise<boolean>,
): Promise<MessageInitShape<typeof WatchTaskEventsResponseSchema>> {
  const events: TaskEvent[] = [];
  for (const row of rows) if (await isSeen(row)) events.push(messageOf(row).event as TaskEvent);
  return { position: positionText(rows.at(-1)?.position ?? 0n), events };
}

const messages = new WeakMap<EventRow, WatchTaskEventsResponse>();

/** The message of an event: the same for all watchers, so that it is serialised once. */
function messageOf(row: EventRow): WatchTaskEventsResponse {
  let message = messages.get(row);
  if (message === undefined) {
    message = create(WatchTaskEventsResponseSchema, {
      position: positionText(row.position),
      event: eventOf(row),
    });
    messages.set(row, message);
  }
  return message;
}

/** The same as it travels. */
function frameOf(row: EventRow): Buffer {
  return frameOnce(WatchTaskEventsResponseSchema, messageOf(row));
}

/**
 * Whether the caller may see a project. While access cannot be read, readers of this stream still see the projects
 * that they saw, at most until the token expires.
 */
async function stillVisible(
  projects: Deps["projects"],
  projectId: number,
  context: HandlerContext,
  shown: Set<number>,
): Promise<boolean> {
  try {
    const sees = await visible(projects, projectId, context);
    if (sees) shown.add(projectId);
    return sees;
  } catch (error) {
    if (shown.has(projectId) && ConnectError.from(error).code === Code.Unavailable) return true;
    throw error;
  }
}

/** The position at which a stream begins. Refuses POSITION_INVALID. */
async function begin({ store }: Deps, request: WatchTaskEventsRequest): Promise<bigint> {
  const head = await store.events.head();
  if (request.position !== "") return readPosition(request.position, head);
  if (request.fromStart) return 0n;
  return request.fromTime === undefined ? head : store.positionAt(timestampDate(request.fromTime));
}
