import { createHash } from "node:crypto";
import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type CreateServiceTokenResponse,
  TokenService,
} from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { grantedAgain } from "../sessions/grant.ts";
import { SESSIONS } from "../sessions/session.ts";
import { grantToService } from "./service-grant.ts";

/** Implements tessera.auth.v1.TokenService.CreateServiceToken. */
export const createServiceToken = (deps: Deps) =>
  command(
    TokenService.method.createServiceToken,
    async ({ clientAssertion: assertion, scopes }, attempt) => {
      await attempt.once(() => deps.limits.spend("HAND_OUT", { account: assertion }));
      await deps.store.replayIfDone(attempt);
      return deps.store.write(attempt, async (tx, now) => {
        const granted = await grantToService(deps, tx, { assertion, scopes, now });
        return {
          name: `${SESSIONS}${granted.sessionId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(granted.expireTime), scopes: granted.scope.split(" ") },
          secret: { accessToken: granted.accessToken },
        };
      });
    },
    {
      // Nobody is signed in: the request belongs to the maker of the assertion.
      callerIn: ({ clientAssertion }) =>
        `assertion:${createHash("sha256").update(clientAssertion).digest("base64url")}`,
      repeated: (response) => repeated(deps, response),
    },
  );

/** The first response again: its token is not stored, so it is made anew from its session. */
async function repeated(
  deps: Deps,
  response: CreateServiceTokenResponse,
): Promise<CreateServiceTokenResponse> {
  const { acknowledgement, expireTime } = response;
  const { accessToken } = await grantedAgain(deps, acknowledgement, expireTime && timestampDate(expireTime));
  return Object.assign(response, { accessToken });
}
