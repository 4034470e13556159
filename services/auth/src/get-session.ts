import type { MethodImpl } from "@connectrpc/connect";
import type { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "./deps.ts";
import { sessionNotFound } from "./refusals.ts";

/** Implements tessera.auth.v1.AuthService.GetSession. */
export function getSession({ store }: Deps): MethodImpl<typeof AuthService.method.getSession> {
  return async ({ sessionId }, context) => {
    const session = await store.sessions.find(sessionId, callerOf(context).userId);
    if (session === undefined) throw sessionNotFound(sessionId);
    return { session };
  };
}
