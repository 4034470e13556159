import type { MethodImpl } from "@connectrpc/connect";
import type { ProjectEvent } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import {
  ListProjectEventsRequestSchema,
  type ProjectEventService,
} from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { pageToken, pageTokenInvalid, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { projectNotFound } from "../refusals.ts";
import { sight } from "./sight.ts";

const DEFAULT_PAGE_SIZE = 100;

/** Implements tessera.project.v1.ProjectEventService.ListProjectEvents. */
export function listProjectEvents(
  deps: Deps,
): MethodImpl<typeof ProjectEventService.method.listProjectEvents> {
  const { store } = deps;
  return async (request, context) => {
    const { projectId } = request;
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const after = revisionIn(readPageToken(ListProjectEventsRequestSchema, request) ?? "0");
    const { visible, managed } = await sight(deps, projectId, context);
    if (!visible) throw projectNotFound(projectId);
    // One row more than the page shows whether another page follows.
    const found = await store.events.list(projectId, after, pageSize + 1);
    const events = found.slice(0, pageSize).map((it) => (managed ? it : withoutActor(it)));
    const last = events.at(-1);
    const more = last !== undefined && found.length > pageSize;
    return {
      events,
      nextPageToken: more ? pageToken(ListProjectEventsRequestSchema, request, String(last.revision)) : "",
    };
  };
}

function withoutActor({ actorUserId: _, ...event }: ProjectEvent): ProjectEvent {
  return event;
}

/** Reads the revision that a page token ends with. Refuses PAGE_TOKEN_INVALID: a token can be made up. */
function revisionIn(text: string): bigint {
  if (!/^[0-9]{1,18}$/.test(text)) throw pageTokenInvalid();
  return BigInt(text);
}
