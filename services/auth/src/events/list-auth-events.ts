import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import {
  type AuthEventService,
  ListAuthEventsRequestSchema,
} from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { numberIn } from "../page-key.ts";
import { acting, isAdministrator } from "../users/user.ts";
import { eventOf } from "./event-row.ts";

const DEFAULT_PAGE_SIZE = 100;

/** Implements tessera.auth.v1.AuthEventService.ListAuthEvents. */
export function listAuthEvents({ store }: Deps): MethodImpl<typeof AuthEventService.method.listAuthEvents> {
  return async (request, context) => {
    const last = readPageToken(ListAuthEventsRequestSchema, request);
    const { afterTime, beforeTime } = request;
    const viewer = acting(await store.users.read(callerOf(context).userId));
    const filter = {
      ...request,
      viewer: isAdministrator(viewer) ? undefined : viewer.userId,
      from: afterTime && timestampDate(afterTime),
      before: beforeTime && timestampDate(beforeTime),
    };
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    // One row more than the page shows whether another page follows.
    const found = await store.events.list(
      filter,
      last === undefined ? undefined : numberIn(last),
      pageSize + 1,
    );
    const page = found.slice(0, pageSize);
    const end = found.length > pageSize ? page.at(-1) : undefined;
    return {
      events: page.map(eventOf),
      nextPageToken: end ? pageToken(ListAuthEventsRequestSchema, request, String(end.position)) : "",
    };
  };
}
