import { createHash } from "node:crypto";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  AuthService,
  type RefreshSessionRequest,
  type RefreshSessionResponse,
} from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { endIfReused, grantedAgain, refuseForged, rotate } from "./grant.ts";
import { readRefreshToken } from "./refresh-token.ts";
import { SESSIONS } from "./session.ts";

/** Implements tessera.auth.v1.AuthService.RefreshSession. */
export const refreshSession = (deps: Deps) =>
  command(
    AuthService.method.refreshSession,
    async ({ refreshToken }, attempt) => {
      refuseForged(deps, refreshToken);
      await attempt.once(() => deps.limits.spend("HAND_OUT", { account: refreshToken }));
      await deps.store.replayIfDone(attempt);
      const written = deps.store.write(attempt, async (tx, now) => {
        const granted = await rotate(deps, tx, { refreshToken, now });
        return {
          name: `${SESSIONS}${granted.sessionId}`,
          revision: granted.revision,
          response: { expireTime: timestampFromDate(granted.expireTime) },
          secret: { accessToken: granted.accessToken, refreshToken: granted.refreshToken },
        };
      });
      return written.catch((error: unknown) => endIfReused(deps, error));
    },
    {
      // Nobody is signed in: the request belongs to the holder of the token.
      callerIn: ({ refreshToken }) =>
        `refresh:${createHash("sha256").update(refreshToken).digest("base64url")}`,
      repeated: (response, request) => repeated(deps, request, response),
    },
  );

/** The first response again: its tokens are not stored, so they are made anew from their session. */
async function repeated(
  deps: Deps,
  { refreshToken }: RefreshSessionRequest,
  response: RefreshSessionResponse,
): Promise<RefreshSessionResponse> {
  const { acknowledgement, expireTime } = response;
  const again = await grantedAgain(
    deps,
    acknowledgement,
    expireTime && timestampDate(expireTime),
    (readRefreshToken(deps.tokenKey, refreshToken)?.generation ?? 0) + 1,
  );
  return Object.assign(response, again);
}
