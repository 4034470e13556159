import { hash } from "node:crypto";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { isMarkedSecret, markedSecret } from "../mark.ts";
import type { Answer } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { oauthFault } from "../oauth-http/oauth-fault.ts";
import { readParameters } from "../oauth-http/parameters.ts";
import { CODE, STATE } from "../oauth-http/presented.ts";
import type { Queued } from "../oauth-http/queues.ts";
import { signInExpired, signInUnknown, upstreamNotConfigured } from "../sessions/sign-in-refusals.ts";
import { ACCESS_DENIED } from "../upstream/upstream-fault.ts";
import { userBlocked } from "../users/refusals.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { digest } from "./authorize.ts";
import { answerClient, redirectRefusals } from "./redirect-refusals.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

/** GET /oauth2/callback: somebody comes back from the identity provider, once, in the browser in which it began. */
export async function callback(it: SignInDeps, ask: HttpAsk): Promise<Answer> {
  const { deps, upstream, cookie, limits } = it;
  if (upstream === undefined) throw upstreamNotConfigured();
  const state = readParameters(ask.query).get("state");
  const browser = cookie.read(ask.headers.cookie);
  const isOurs = state !== undefined && isMarkedSecret(deps.tokenKey, STATE, state);
  if (!isOurs || browser === undefined) {
    await limits.spend("CALLBACK", { address: ask.address });
    throw signInUnknown();
  }
  const account = `sign-in ${hash("sha256", state, "base64url")}`;
  await limits.spend("HELD", { account });
  const queued = it.queues(ask, account);
  const key = { stateHash: digest(state), browserHash: digest(browser) };
  const request = await queued(() => deps.store.signIns.take(key));
  if (request === undefined) throw signInUnknown();
  if (request.expired) throw signInExpired();
  const parameters = new URLSearchParams(ask.query);
  return redirectRefusals(it, request, async () => {
    try {
      return await arrive(it, queued, state, parameters, request);
    } catch (error) {
      if (error instanceof Refusal && error.reason.name !== "USER_BLOCKED")
        await deps.store.signIns.fail(upstream.provider, request.clientId, error.reason.name);
      throw error;
    }
  });
}

async function arrive(
  it: SignInDeps,
  queued: Queued,
  state: string,
  parameters: URLSearchParams,
  request: AuthorizationRequest,
): Promise<Answer> {
  const { deps } = it;
  const upstream = it.upstream as NonNullable<SignInDeps["upstream"]>;
  const person = await upstream.arrival(state, parameters);
  if (person === ACCESS_DENIED) {
    await deps.store.signIns.fail(upstream.provider, request.clientId, "ACCESS_DENIED");
    throw oauthFault("access_denied", "the person said no");
  }
  const code = markedSecret(deps.tokenKey, CODE);
  const { provider } = upstream;
  const { subject } = person;
  const isAdministrator = it.administrators.some((it) => it.provider === provider && it.subject === subject);
  const arrived = { ...person, provider, isAdministrator };
  const admitted = await queued(() => deps.store.signIns.admit(arrived, request, digest(code)));
  if (admitted !== "admitted") throw userBlocked();
  return answerClient(it, request, { code });
}
