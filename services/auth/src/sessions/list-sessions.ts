import type { MethodImpl } from "@connectrpc/connect";
import {
  type AuthService,
  ListSessionsRequestSchema,
} from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { pageToken, readPageToken } from "@tessera/rpc/page-token.ts";
import type { Deps } from "../deps.ts";
import { momentAndIdIn } from "../page-key.ts";
import { notAdministrator } from "../users/refusals.ts";
import { sessionDocument } from "./session-document.ts";

const PAGE_SIZE = 50;

/** Implements tessera.auth.v1.AuthService.ListSessions. */
export function listSessions({ store }: Deps): MethodImpl<typeof AuthService.method.listSessions> {
  return async (request, context) => {
    const caller = callerOf(context);
    const last = readPageToken(ListSessionsRequestSchema, request);
    const userId = request.userId || caller.userId;
    if (userId !== caller.userId && !(await store.isAdministrator(caller))) throw notAdministrator();
    const limit = request.pageSize || PAGE_SIZE;
    const found = await store.sessions.list(userId, { limit: limit + 1, after: positionIn(last) });
    const page = found.slice(0, limit);
    const end = found.length > limit ? page.at(-1) : undefined;
    return {
      sessions: page.map(sessionDocument),
      nextPageToken:
        end === undefined
          ? ""
          : pageToken(ListSessionsRequestSchema, request, `${end.createTime.toISOString()} ${end.sessionId}`),
    };
  };
}

function positionIn(last: string | undefined): { createTime: Date; sessionId: string } | undefined {
  if (last === undefined) return undefined;
  const { createTime, id: sessionId } = momentAndIdIn(last, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return { createTime, sessionId };
}
