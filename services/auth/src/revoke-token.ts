import { createHash } from "node:crypto";
import type { MethodImpl } from "@connectrpc/connect";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import type { Deps } from "./deps.ts";
import { SESSIONS } from "./session.ts";
import { takeBack } from "./take-back.ts";
import { worthOf } from "./token-worth.ts";

/** Implements tessera.auth.v1.TokenService.RevokeToken. */
export function revokeToken(deps: Deps): MethodImpl<typeof TokenService.method.revokeToken> {
  return async (request) => {
    const { token } = request;
    await deps.limits.spend("HAND_OUT", { account: token });
    const worth = await worthOf(deps, token);
    return deps.store.command({
      method: TokenService.method.revokeToken,
      request,
      // Nobody need be signed in: the request belongs to whoever has the token.
      caller: `revoke:${createHash("sha256").update(token).digest("base64url")}`,
      work: async (tx) => {
        const { sessionId, revision } = await takeBack(tx, token, worth);
        return { name: `${SESSIONS}${sessionId}`, revision };
      },
    });
  };
}
