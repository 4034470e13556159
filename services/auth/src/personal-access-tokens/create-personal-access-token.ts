import { type Duration, durationMs, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import {
  type CreatePersonalAccessTokenResponse,
  PersonalAccessTokenService,
} from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { refuseBeyond } from "../sessions/granted-scopes.ts";
import { holdUser, insertSession } from "../sessions/store.ts";
import { holderOf } from "../users/token-holder.ts";
import {
  deriveToken,
  hashOf,
  newTokenId,
  newTokenSession,
  refuseBeyondLimit,
} from "./personal-access-token.ts";
import { PERSONAL_ACCESS_TOKENS } from "./personal-access-token-document.ts";
import { countTokens, insertToken } from "./store.ts";

/** Implements tessera.auth.v1.PersonalAccessTokenService.CreatePersonalAccessToken. */
export const createPersonalAccessToken = (deps: Deps) =>
  command(
    PersonalAccessTokenService.method.createPersonalAccessToken,
    async ({ name, scopes, lifetime }, attempt) => {
      const { store, newId, tokenKey } = deps;
      await store.replayIfDone(attempt);
      return store.write(attempt, async (tx, now) => {
        const { caller } = attempt;
        const { userId } = caller;
        const allowed = PERSON_SCOPES.filter((scope) => caller.scopes.has(scope));
        refuseBeyond(scopes, allowed);
        refuseBeyondLimit(await countTokens(tx, userId));
        const { tokenVersion } = holderOf(await holdUser(tx, userId));
        // The contract requires a lifetime.
        const expireTime = new Date(now.getTime() + durationMs(lifetime as Duration));
        const [tokenId, sessionId] = [newTokenId(), newId()];
        const token = deriveToken(tokenKey, { tokenId, sessionId });
        await insertSession(
          tx,
          newTokenSession({ sessionId, userId, tokenVersion, scopes, createTime: now, expireTime }),
        );
        const tokenHash = hashOf(token);
        await insertToken(tx, {
          tokenId,
          userId,
          name,
          tokenHash,
          scopes,
          sessionId,
          createTime: now,
          expireTime,
        });
        const kind = AuthEventKind.PERSONAL_ACCESS_TOKEN_CREATED;
        const details = { token_id: tokenId, scopes: scopes.join(" ") };
        await appendEvent(tx, { kind, ...by(caller), userId, details });
        return {
          name: `${PERSONAL_ACCESS_TOKENS}${tokenId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(expireTime) },
          secret: { personalAccessToken: token },
        };
      });
    },
    { repeated: (response) => repeated(deps, response) },
  );

/** The first response again: the token is not stored, so it is derived again. */
async function repeated(
  { store, tokenKey }: Deps,
  response: CreatePersonalAccessTokenResponse,
): Promise<CreatePersonalAccessTokenResponse> {
  const tokenId = response.acknowledgement?.name.slice(PERSONAL_ACCESS_TOKENS.length) ?? "";
  const stored = await store.personalAccessTokens.find(tokenId);
  // A token that ended before the retention period is not valid any more.
  const personalAccessToken = stored === undefined ? "" : deriveToken(tokenKey, stored);
  return Object.assign(response, { personalAccessToken });
}
