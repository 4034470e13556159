import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type ExchangeTokenRequest,
  type ExchangeTokenResponse,
  TokenService,
} from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { decodeJwt } from "jose";
import type { Deps } from "../deps.ts";
import { actorsIn } from "../sessions/act-claim.ts";
import { SESSIONS } from "../sessions/session.ts";
import { exchangeGranted, grantExchange, subjectOf } from "./exchange-grant.ts";

/** Implements tessera.auth.v1.TokenService.ExchangeToken. */
export const exchangeToken = (deps: Deps) =>
  command(
    TokenService.method.exchangeToken,
    async ({ subjectToken, audience, scopes }, attempt) => {
      const { caller } = attempt;
      await attempt.once(() => deps.limits.spend("PROVED", { client: caller.clientId }));
      const subject = await attempt.once(() => subjectOf(deps, subjectToken));
      await deps.store.replayIfDone(attempt);
      return deps.store.write(attempt, async (tx, now) => {
        const asking = { actorUserId: caller.userId, subject, audience, scopes, now };
        const granted = await grantExchange(deps, tx, asking);
        return {
          name: `${SESSIONS}${caller.sessionId}`,
          revision: 1n,
          response: { expireTime: timestampFromDate(granted.expireTime), scopes: granted.scope.split(" ") },
          secret: { accessToken: granted.accessToken },
        };
      });
    },
    { repeated: (response, request, context) => repeated(deps, request, callerOf(context).userId, response) },
  );

/** The first response again: its token is made anew from the person's token, valid then, and from what was given. */
async function repeated(
  deps: Deps,
  { subjectToken, audience }: ExchangeTokenRequest,
  actorUserId: bigint,
  response: ExchangeTokenResponse,
): Promise<ExchangeTokenResponse> {
  const { acknowledgement, expireTime, scopes } = response;
  const account = await deps.store.serviceAccounts.find(actorUserId);
  if (account === undefined || !acknowledgement?.commitTime || !expireTime) return response;
  const { sub, sid, ver, client_id, act } = decodeJwt(subjectToken) as Record<string, never>;
  const { accessToken } = await exchangeGranted(
    deps,
    {
      userId: BigInt(sub as never),
      sessionId: sid as never,
      tokenVersion: ver as never,
      clientId: client_id as never,
    },
    {
      scopes,
      audience,
      actors: [account.clientId, ...actorsIn(act)],
      issueTime: timestampDate(acknowledgement.commitTime),
      expireTime: timestampDate(expireTime),
    },
  );
  return Object.assign(response, { accessToken });
}
