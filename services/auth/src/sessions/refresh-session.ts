import { createHash } from "node:crypto";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import {
  AuthService,
  type RefreshSessionResponse,
} from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import type { Deps } from "../deps.ts";
import { endingReused, grantedAgain, refuseForged, rotate } from "./grant.ts";
import { readRefreshToken } from "./refresh-token.ts";
import { SESSIONS } from "./session.ts";

/** Implements tessera.auth.v1.AuthService.RefreshSession. */
export function refreshSession(deps: Deps): MethodImpl<typeof AuthService.method.refreshSession> {
  return async (request, context) => {
    const { refreshToken } = request;
    refuseForged(deps, refreshToken);
    await deps.limits.spend("HAND_OUT", { account: refreshToken });
    return endingReused(deps, () =>
      deps.store.command({
        method: AuthService.method.refreshSession,
        request,
        context,
        // Nobody is signed in: the request belongs to whoever has the token.
        caller: `refresh:${createHash("sha256").update(refreshToken).digest("base64url")}`,
        work: async (tx, now) => {
          const granted = await rotate(deps, tx, { refreshToken, now });
          return {
            name: `${SESSIONS}${granted.sessionId}`,
            revision: granted.revision,
            response: { expireTime: timestampFromDate(granted.expireTime) },
            secret: { accessToken: granted.accessToken, refreshToken: granted.refreshToken },
          };
        },
        replayed: async (response) => repeated(deps, refreshToken, response),
      }),
    );
  };
}

/** The first answer again: its tokens are not remembered, they are made anew of their session. */
async function repeated(
  deps: Deps,
  refreshToken: string,
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
