import { createHash } from "node:crypto";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import type { Deps } from "../deps.ts";
import { grantedAgain } from "../sessions/grant.ts";
import { SESSIONS } from "../sessions/session.ts";
import { grantToService } from "./service-grant.ts";

/** Implements tessera.auth.v1.TokenService.IssueServiceToken. */
export function issueServiceToken(deps: Deps): MethodImpl<typeof TokenService.method.issueServiceToken> {
  return async (request, context) => {
    const { clientAssertion: assertion, scopes } = request;
    await deps.limits.spend("HAND_OUT", { account: assertion });
    return deps.store.command({
      method: TokenService.method.issueServiceToken,
      request,
      context,
      // Nobody is signed in: the request belongs to whoever made the assertion.
      caller: `assertion:${createHash("sha256").update(assertion).digest("base64url")}`,
      work: async (tx, now) => {
        const granted = await grantToService(deps, tx, { assertion, scopes, now });
        return {
          name: `${SESSIONS}${granted.sessionId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(granted.expireTime), scopes: granted.scope.split(" ") },
          secret: { accessToken: granted.accessToken },
        };
      },
      replayed: async (response) => {
        const { acknowledgement, expireTime } = response;
        const again = await grantedAgain(deps, acknowledgement, expireTime && timestampDate(expireTime));
        return Object.assign(response, { accessToken: again.accessToken });
      },
    });
  };
}
