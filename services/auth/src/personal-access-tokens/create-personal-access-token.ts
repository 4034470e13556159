import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { refuseBeyond } from "../sessions/scopes-given.ts";
import { holdUser, insertSession } from "../sessions/store.ts";
import { deriveToken, hashOf, newTokenId, PERSONAL_CLIENT, TOKENS_MAX } from "./personal-access-token.ts";
import { PERSONAL_ACCESS_TOKENS } from "./personal-access-token-document.ts";
import { personalAccessTokenLimitReached } from "./refusals.ts";
import { countTokens, insertToken } from "./store.ts";

const DAY_MS = 86_400_000;

/** Implements tessera.auth.v1.PersonalAccessTokenService.CreatePersonalAccessToken. */
export function createPersonalAccessToken({
  store,
  newId,
  tokenKey,
}: Deps): MethodImpl<typeof PersonalAccessTokenService.method.createPersonalAccessToken> {
  return (request, context) => {
    const { userId, clientId, scopes: carried } = callerOf(context);
    const { name, scopes, lifetimeDays } = request;
    return store.command({
      method: PersonalAccessTokenService.method.createPersonalAccessToken,
      request,
      context,
      work: async (tx, now) => {
        refuseBeyond(
          scopes,
          PERSON_SCOPES.filter((scope) => carried.has(scope)),
        );
        if ((await countTokens(tx, userId)) >= TOKENS_MAX) throw personalAccessTokenLimitReached(TOKENS_MAX);
        const { tokenVersion } = await holdUser(tx, userId);
        const expireTime = new Date(now.getTime() + lifetimeDays * DAY_MS);
        const [tokenId, sessionId] = [newTokenId(), newId()];
        const token = deriveToken(tokenKey, { tokenId, sessionId });
        const ends = { expireTime, refreshExpireTime: null, lastExpireTime: expireTime, endTime: null };
        const fixed = { createTime: now, issueTime: now, generation: 0, refreshSalt: null, revision: 1n };
        await insertSession(tx, {
          ...{ sessionId, userId, tokenVersion, clientId: PERSONAL_CLIENT, scopes },
          ...ends,
          ...fixed,
        });
        const unused = { lastUseTime: null, revokeTime: null, revision: 1n, createTime: now };
        const tokenHash = hashOf(token);
        await insertToken(tx, { tokenId, userId, name, tokenHash, scopes, sessionId, expireTime, ...unused });
        const kind = EventKind.PERSONAL_ACCESS_TOKEN_CREATED;
        const details = { token_id: tokenId, scopes: scopes.join(" ") };
        await appendEvent(tx, { kind, actor: userId, clientId, userId, details });
        return {
          name: `${PERSONAL_ACCESS_TOKENS}${tokenId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(expireTime) },
          secret: { personalAccessToken: token },
        };
      },
      replayed: async (response) => {
        const tokenId = response.acknowledgement?.name.slice(PERSONAL_ACCESS_TOKENS.length) ?? "";
        const stored = await store.personalAccessTokens.find(tokenId);
        // One that ended so long ago that it was forgotten is good for nothing.
        const personalAccessToken = stored === undefined ? "" : deriveToken(tokenKey, stored);
        return Object.assign(response, { personalAccessToken });
      },
    });
  };
}
