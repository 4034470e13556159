import type { MethodImpl } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { refuseDeployedUser } from "../users/deployed-user.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator, userNotFound } from "../users/refusals.ts";
import { endAllTokens } from "./store.ts";

/** Implements tessera.auth.v1.AuthService.EndSessions. */
export function endSessions({ store }: Deps): MethodImpl<typeof AuthService.method.endSessions> {
  return (request, context) => {
    const caller = callerOf(context);
    const userId = request.userId || caller.userId;
    return store.command({
      method: AuthService.method.endSessions,
      request,
      context,
      work: async (tx) => {
        if (userId !== caller.userId && !(await isAdministrator(tx, caller))) throw notAdministrator();
        await refuseDeployedUser(tx, userId);
        const ended = await endAllTokens(tx, userId);
        if (ended === undefined) throw userNotFound(userId);
        const { userId: actor, clientId } = caller;
        const details = { sessions: String(ended.sessions) };
        await appendEvent(tx, { kind: EventKind.SESSIONS_ENDED, actor, clientId, userId, details });
        return {
          name: "sessions",
          revision: BigInt(ended.tokenVersion),
          response: { endedSessions: ended.sessions },
        };
      },
    });
  };
}
