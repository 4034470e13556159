import { createHash } from "node:crypto";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type CreateKeyTokenResponse,
  TokenService,
} from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { ownTokenIdIn } from "../personal-access-tokens/personal-access-token.ts";
import { SESSIONS } from "../sessions/session.ts";
import { grantToKey, keyGranted } from "./key-grant.ts";
import { accessKeyInvalid } from "./refusals.ts";

/** Implements tessera.auth.v1.TokenService.CreateKeyToken. */
export const createKeyToken = (deps: Deps) =>
  command(
    TokenService.method.createKeyToken,
    async ({ personalAccessToken: token, scopes }, attempt) => {
      if (ownTokenIdIn(deps.tokenKey, token) === undefined) throw accessKeyInvalid();
      await attempt.once(() => deps.limits.spend("HAND_OUT", { account: token }));
      await deps.store.replayIfDone(attempt);
      return deps.store.write(attempt, async (tx, now) => {
        const granted = await grantToKey(deps, tx, { token, scopes, now });
        return {
          name: `${SESSIONS}${granted.sessionId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(granted.expireTime), scopes: granted.scope.split(" ") },
          secret: { accessToken: granted.accessToken },
        };
      });
    },
    {
      // Nobody is signed in: the request belongs to the holder of the token.
      callerIn: ({ personalAccessToken }) =>
        `key:${createHash("sha256").update(personalAccessToken).digest("base64url")}`,
      repeated: (response) => repeated(deps, response),
    },
  );

/** The first response again: its token is made anew. Without its session no token would be accepted. */
async function repeated(deps: Deps, response: CreateKeyTokenResponse): Promise<CreateKeyTokenResponse> {
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
