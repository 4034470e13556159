import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { notAdministrator, serviceAccountDeployed, userNotFound } from "../users/refusals.ts";
import { isAdministrator, lockDeployed } from "../users/store.ts";
import { revokeAllTokens } from "./store.ts";

/** Implements tessera.auth.v1.AuthService.RevokeSessions. */
export const revokeSessions = ({ store }: Deps) =>
  command(AuthService.method.revokeSessions, async (request, attempt) => {
    const { caller } = attempt;
    const userId = request.userId || caller.userId;
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      if (userId !== caller.userId && !(await isAdministrator(tx, caller))) throw notAdministrator();
      if (await lockDeployed(tx, userId)) throw serviceAccountDeployed(userId);
      const revoked = await revokeAllTokens(tx, userId);
      if (revoked === undefined) throw userNotFound(userId);
      const details = { session_count: String(revoked.sessions) };
      await appendEvent(tx, { kind: AuthEventKind.SESSIONS_REVOKED, ...by(caller), userId, details });
      return {
        name: "sessions",
        revision: BigInt(revoked.tokenVersion),
        response: { revokedSessionCount: revoked.sessions },
      };
    });
  });
