import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { appendEvent, by } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { sessionNotFound } from "../refusals.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { SESSIONS } from "./session.ts";
import { endSession as end, holdSession } from "./store.ts";

/** Implements tessera.auth.v1.AuthService.EndSession. */
export const endSession = ({ store }: Deps) =>
  command(AuthService.method.endSession, async ({ sessionId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const session = await holdSession(tx, sessionId);
      if (session === undefined) throw sessionNotFound(sessionId);
      const { userId, endTime } = session;
      if (userId !== caller.userId && !(await isAdministrator(tx, caller))) throw sessionNotFound(sessionId);
      if (endTime === null) {
        const details = { session_id: sessionId };
        await appendEvent(tx, { kind: EventKind.SESSION_ENDED, ...by(caller), userId, details });
      }
      return { name: `${SESSIONS}${sessionId}`, revision: await end(tx, sessionId) };
    });
  });
