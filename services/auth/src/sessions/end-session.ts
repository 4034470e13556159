import type { MethodImpl } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { sessionNotFound } from "../refusals.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { SESSIONS } from "./session.ts";
import { endSession as end, holdSession } from "./store.ts";

/** Implements tessera.auth.v1.AuthService.EndSession. */
export function endSession({ store }: Deps): MethodImpl<typeof AuthService.method.endSession> {
  return (request, context) => {
    const caller = callerOf(context);
    const { sessionId } = request;
    return store.command({
      method: AuthService.method.endSession,
      request,
      context,
      work: async (tx) => {
        const session = await holdSession(tx, sessionId);
        if (session === undefined) throw sessionNotFound(sessionId);
        const { userId } = session;
        if (userId !== caller.userId && !(await isAdministrator(tx, caller)))
          throw sessionNotFound(sessionId);
        if (session.endTime === null) {
          const { userId: actor, clientId } = caller;
          const details = { session_id: sessionId };
          await appendEvent(tx, { kind: EventKind.SESSION_ENDED, actor, clientId, userId, details });
        }
        return { name: `${SESSIONS}${sessionId}`, revision: await end(tx, sessionId) };
      },
    });
  };
}
