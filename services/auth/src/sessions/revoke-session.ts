import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { sessionNotFound } from "../refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { SESSIONS } from "./session.ts";
import { holdSession, revokeSession as revoke } from "./store.ts";

/** Implements tessera.auth.v1.AuthService.RevokeSession. */
export const revokeSession = ({ store }: Deps) =>
  command(AuthService.method.revokeSession, async ({ sessionId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const session = await holdSession(tx, sessionId);
      if (session === undefined) throw sessionNotFound(sessionId);
      const { userId, revokeTime } = session;
      if (userId !== caller.userId && !(await isAdministrator(tx, caller))) throw sessionNotFound(sessionId);
      if (revokeTime === null) {
        const details = { session_id: sessionId };
        await appendEvent(tx, { kind: AuthEventKind.SESSION_REVOKED, ...by(caller), userId, details });
      }
      return { name: `${SESSIONS}${sessionId}`, revision: await revoke(tx, sessionId) };
    });
  });
