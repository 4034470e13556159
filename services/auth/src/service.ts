import type { ServiceImpl } from "@connectrpc/connect";
import type { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import type { Deps } from "./deps.ts";
import { createSession } from "./sessions/create-session.ts";
import { getSession } from "./sessions/get-session.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { refreshSession } from "./sessions/refresh-session.ts";
import { revokeSession } from "./sessions/revoke-session.ts";
import { revokeSessions } from "./sessions/revoke-sessions.ts";
import { getCurrentUser } from "./users/get-current-user.ts";

/** Implements tessera.auth.v1.AuthService. */
export function authService(deps: Deps): ServiceImpl<typeof AuthService> {
  return {
    createSession: createSession(deps),
    refreshSession: refreshSession(deps),
    listSessions: listSessions(deps),
    getSession: getSession(deps),
    revokeSession: revokeSession(deps),
    revokeSessions: revokeSessions(deps),
    getCurrentUser: getCurrentUser(deps),
  };
}
