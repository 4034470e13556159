import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { holdSession, revokeSession } from "../sessions/store.ts";
import { isAdministrator } from "../users/store.ts";
import { PERSONAL_ACCESS_TOKENS } from "./personal-access-token-document.ts";
import { personalAccessTokenNotFound } from "./refusals.ts";
import { readPersonalAccessToken } from "./store.ts";

/** Implements tessera.auth.v1.PersonalAccessTokenService.RevokePersonalAccessToken. */
export const revokePersonalAccessToken = ({ store }: Deps) =>
  command(PersonalAccessTokenService.method.revokePersonalAccessToken, async ({ tokenId }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx) => {
      const { caller } = attempt;
      const stored = await readPersonalAccessToken(tx, tokenId);
      if (stored === undefined) throw personalAccessTokenNotFound(tokenId);
      const { userId, sessionId } = stored;
      if (userId !== caller.userId && !(await isAdministrator(tx, caller)))
        throw personalAccessTokenNotFound(tokenId);
      // A token is revoked with its session: the transaction locks the session.
      const session = await holdSession(tx, sessionId);
      if (session?.revokeTime === null) {
        const kind = AuthEventKind.PERSONAL_ACCESS_TOKEN_REVOKED;
        await appendEvent(tx, { kind, ...by(caller), userId, details: { token_id: tokenId } });
        await revokeSession(tx, sessionId);
      }
      const revoked = await readPersonalAccessToken(tx, tokenId);
      return {
        name: `${PERSONAL_ACCESS_TOKENS}${tokenId}`,
        revision: revoked?.revision ?? stored.revision,
      };
    });
  });
