import type { MethodImpl } from "@connectrpc/connect";
import type { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import { sessionNotFound } from "../refusals.ts";
import { sessionDocument } from "./session-document.ts";

/** Implements tessera.auth.v1.AuthService.GetSession. */
export function getSession({ store }: Deps): MethodImpl<typeof AuthService.method.getSession> {
  return async ({ sessionId }, context) => {
    const caller = callerOf(context);
    const session = await store.sessions.find(sessionId);
    if (session === undefined) throw sessionNotFound(sessionId);
    if (session.userId !== caller.userId && !(await store.isAdministrator(caller)))
      throw sessionNotFound(sessionId);
    return { session: sessionDocument(session) };
  };
}
