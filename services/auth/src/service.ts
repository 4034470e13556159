import type { ServiceImpl } from "@connectrpc/connect";
import type { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { createSession } from "./create-session.ts";
import type { Deps } from "./deps.ts";
import { endSession } from "./end-session.ts";
import { endSessions } from "./end-sessions.ts";
import { getCurrentUser } from "./get-current-user.ts";
import { getSession } from "./get-session.ts";
import { listSessions } from "./list-sessions.ts";
import { refreshSession } from "./refresh-session.ts";

/** Implements tessera.auth.v1.AuthService. */
export function authService(deps: Deps): ServiceImpl<typeof AuthService> {
  return {
    createSession: createSession(deps),
    refreshSession: refreshSession(deps),
    listSessions: listSessions(deps),
    getSession: getSession(deps),
    endSession: endSession(deps),
    endSessions: endSessions(deps),
    getCurrentUser: getCurrentUser(deps),
  };
}
