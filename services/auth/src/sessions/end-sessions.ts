import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { appendEvent, by } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator, serviceAccountDeployed, userNotFound } from "../users/refusals.ts";
import { lockDeployed } from "../users/store.ts";
import { endAllTokens } from "./store.ts";

/** Implements tessera.auth.v1.AuthService.EndSessions. */
export const endSessions = ({ store }: Deps) =>
  command(AuthService.method.endSessions, async (request, attempt) => {
    const { caller } = attempt;
    const userId = request.userId || caller.userId;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      if (userId !== caller.userId && !(await isAdministrator(tx, caller))) throw notAdministrator();
      if (await lockDeployed(tx, userId)) throw serviceAccountDeployed(userId);
      const ended = await endAllTokens(tx, userId);
      if (ended === undefined) throw userNotFound(userId);
      const details = { sessions: String(ended.sessions) };
      await appendEvent(tx, { kind: EventKind.SESSIONS_ENDED, ...by(caller), userId, details });
      return {
        name: "sessions",
        revision: BigInt(ended.tokenVersion),
        response: { endedSessions: ended.sessions },
      };
    });
  });
