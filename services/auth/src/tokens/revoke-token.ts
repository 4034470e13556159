import { createHash } from "node:crypto";
import type { MethodImpl } from "@connectrpc/connect";
import {
  RevokeTokenResponseSchema,
  TokenService,
} from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { acknowledgement, replay, requestKey } from "@tessera/postgres/requests.ts";
import type { Deps } from "../deps.ts";
import { SESSIONS } from "../sessions/session.ts";
import { timeOf } from "../users/time-of.ts";
import { madeUp, takeBack } from "./take-back.ts";
import { worthOf } from "./token-worth.ts";

/** Implements tessera.auth.v1.TokenService.RevokeToken. */
export function revokeToken(deps: Deps): MethodImpl<typeof TokenService.method.revokeToken> {
  return async (request, context) => {
    const { token } = request;
    await deps.limits.spend("HAND_OUT", { account: token });
    const worth = await worthOf(deps, token);
    const method = TokenService.method.revokeToken;
    // Nobody need be signed in: the request belongs to whoever has the token.
    const caller = `revoke:${createHash("sha256").update(token).digest("base64url")}`;
    if (worth === undefined) {
      // Nothing is written for a text that anybody can make up. It may have been a token before: then it is remembered.
      const key = requestKey(method, request, { projectId: 0, caller });
      const remembered = await deps.store.recall(key);
      if (remembered) return replay(RevokeTokenResponseSchema, key, remembered);
      const commitTime = await deps.store.begin(timeOf);
      const nothing = { name: `${SESSIONS}${madeUp(token)}`, revision: 1n, commitTime };
      return { acknowledgement: acknowledgement(key, nothing) };
    }
    return deps.store.command({
      method,
      request,
      context,
      caller,
      work: async (tx) => {
        const { sessionId, revision } = await takeBack(tx, token, worth);
        return { name: `${SESSIONS}${sessionId}`, revision };
      },
    });
  };
}
