import { create } from "@bufbuild/protobuf";
import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import {
  type ProjectEventService,
  type WatchProjectEventsRequest,
  type WatchProjectEventsResponse,
  WatchProjectEventsResponseSchema,
} from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { BehindTooFar } from "@tessera/feeds/feed.ts";
import { streamEnd } from "@tessera/rpc/stream-end.ts";
import type { Deps } from "../deps.ts";
import { positionText, readPosition } from "../position.ts";
import { projectNotFound } from "../refusals.ts";
import { sharedSight, sight, sightOfEvents } from "./sight.ts";
import { type EventRow, eventOf } from "./store.ts";

/** Implements tessera.project.v1.ProjectEventService.WatchProjectEvents. */
export function watchProjectEvents(
  deps: Deps,
): MethodImpl<typeof ProjectEventService.method.watchProjectEvents> {
  const { store, streamMaxMs: maxMs, stopping } = deps;
  const seenOf = sharedSight(deps);
  return async function* (request, context) {
    const { projectId } = request;
    let last = await begin(deps, request, context);
    yield { position: positionText(last) };

    const seen = sightOfEvents(deps, context);
    const lookAt = (of: number) => async () =>
      (await seenOf(of, context)).visible ? undefined : projectNotFound(of);
    const look = projectId === undefined ? undefined : lookAt(projectId);
    using end = streamEnd({ maxMs, stopping, look }, context);
    try {
      for await (const row of store.events.watch({ projectId, after: last, signal: end.signal })) {
        const { visible, managed } = await seen(row);
        if (visible) yield messageOf(row, managed);
        if (projectId !== undefined && row.kind === ProjectEventKind.DELETED) return;
        if (projectId !== undefined && !visible) throw projectNotFound(projectId);
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

const whole = new WeakMap<EventRow, WatchProjectEventsResponse>();
const open = new WeakMap<EventRow, WatchProjectEventsResponse>();

/** An event, or the public part of it: only managers see who acted. It is made once for all who may see the same. */
function messageOf(row: EventRow, managed: boolean): WatchProjectEventsResponse {
  const made = managed ? whole : open;
  let message = made.get(row);
  if (message === undefined) {
    const event = eventOf(managed ? row : { ...row, actor: 0n });
    message = create(WatchProjectEventsResponseSchema, { position: positionText(row.position), event });
    made.set(row, message);
  }
  return message;
}

/** The position at which a stream begins. Refuses in this order: PROJECT_NOT_FOUND, POSITION_INVALID. */
async function begin(
  deps: Deps,
  request: WatchProjectEventsRequest,
  context: HandlerContext,
): Promise<bigint> {
  const { projectId, position, fromStart } = request;
  if (projectId !== undefined && !(await sight(deps, projectId, context)).visible)
    throw projectNotFound(projectId);
  if (position !== "") return readPosition(position, await deps.store.events.head());
  return fromStart ? 0n : deps.store.events.wholeHead();
}
