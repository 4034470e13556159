import { createHash } from "node:crypto";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import {
  type IssueKeyTokenResponse,
  TokenService,
} from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import type { Deps } from "../deps.ts";
import { ownTokenIdIn } from "../personal-access-tokens/personal-access-token.ts";
import { SESSIONS } from "../sessions/session.ts";
import { grantToKey, keyGranted } from "./key-grant.ts";
import { accessKeyInvalid } from "./refusals.ts";

/** Implements tessera.auth.v1.TokenService.IssueKeyToken. */
export function issueKeyToken(deps: Deps): MethodImpl<typeof TokenService.method.issueKeyToken> {
  return async (request, context) => {
    const { personalAccessToken: token, scopes } = request;
    if (ownTokenIdIn(deps.tokenKey, token) === undefined) throw accessKeyInvalid();
    await deps.limits.spend("HAND_OUT", { account: token });
    return deps.store.command({
      method: TokenService.method.issueKeyToken,
      request,
      context,
      // Nobody is signed in: the request belongs to whoever has the token.
      caller: `key:${createHash("sha256").update(token).digest("base64url")}`,
      work: async (tx, now) => {
        const granted = await grantToKey(deps, tx, { token, scopes, now });
        return {
          name: `${SESSIONS}${granted.sessionId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(granted.expireTime), scopes: granted.scope.split(" ") },
          secret: { accessToken: granted.accessToken },
        };
      },
      replayed: (response) => repeated(deps, response),
    });
  };
}

/** The first answer again: its token is made anew. Of a session that was forgotten no token would be taken. */
async function repeated(deps: Deps, response: IssueKeyTokenResponse): Promise<IssueKeyTokenResponse> {
  const { acknowledgement, expireTime, scopes } = response;
  const session = await deps.store.sessions.find(acknowledgement?.name.slice(SESSIONS.length) ?? "");
  if (session === undefined || !acknowledgement?.commitTime || !expireTime) return response;
  const standing = await deps.standing(session);
  const { accessToken } = await keyGranted(deps, session, {
    scopes,
    tokenVersion: standing?.tokenVersion ?? 0,
    issueTime: timestampDate(acknowledgement.commitTime),
    expireTime: timestampDate(expireTime),
  });
  return Object.assign(response, { accessToken });
}
