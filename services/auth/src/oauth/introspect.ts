import { TokenKind } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { type Answer, json } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { oauthFault } from "../oauth-http/oauth-fault.ts";
import { actClaim } from "../sessions/act-claim.ts";
import { tokenStateOf } from "../tokens/token-state.ts";
import { type CallingClient, forClient } from "./calling-client.ts";
import { unknown } from "./client-authentication.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

/** The whole answer for an invalid token, without the reason (RFC 7662, 2.2). */
const INACTIVE = { active: false };

/**
 * POST /oauth2/introspect (RFC 7662): the validity and the scopes of a token. Only for clients that prove who they
 * are, and of a refresh token only for its own.
 */
export function introspect(it: SignInDeps, ask: HttpAsk): Promise<Answer> {
  return forClient(it, ask, (calling) => introspectFor(it, calling));
}

async function introspectFor(
  it: SignInDeps,
  { form, clientId, isConfidential }: CallingClient,
): Promise<Answer> {
  if (!isConfidential) throw unknown();
  const token = form.get("token");
  if (token === undefined) throw oauthFault("invalid_request", "token is missing");
  const state = await tokenStateOf(it.deps, token);
  if (state === undefined) return json(200, INACTIVE);
  if (state.kind === TokenKind.REFRESH && state.clientId !== clientId) return json(200, INACTIVE);
  const { userId, scopes, sessionId, issueTime, expireTime, actors, audience } = state;
  const act = actClaim(actors);
  return json(200, {
    active: true,
    scope: scopes.join(" "),
    client_id: state.clientId,
    ...(state.kind === TokenKind.ACCESS && { token_type: "Bearer" }),
    iss: it.deps.tokenIssuer,
    aud: audience,
    sub: String(userId),
    sid: sessionId,
    iat: seconds(issueTime),
    exp: seconds(expireTime),
    ...(act && { act }),
  });
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
