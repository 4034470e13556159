import { type ClientClaim, clientClaim, provedClient } from "./client-authentication.ts";
import type { HttpAsk } from "./http-ask.ts";
import { claimedIssuer, provedService } from "./machine-grants.ts";
import { OAuthFault, oauthFault } from "./oauth-fault.ts";
import type { Parameters } from "./parameters.ts";
import type { SignInDeps } from "./sign-in-deps.ts";
import { inWordsOfOAuth } from "./token.ts";

/** Who calls an endpoint about tokens. */
export interface CallingClient {
  form: Parameters;
  clientId: string;
  /** Whether it has a secret or a key of its own, and proved it. */
  isConfidential: boolean;
}

/** Reads the form of a client, and finds out which client it is. Refuses RATE_LIMITED; throws an OAuthFault. */
export async function callingClient(it: SignInDeps, ask: HttpAsk): Promise<CallingClient> {
  await it.limits.spend("INSPECT", { address: ask.address });
  const form = await ask.form();
  if (form.repeated.size > 0) throw oauthFault("invalid_request", "a parameter is given twice");
  const claim = clientClaim(ask.headers, form);
  const client = claim.by === "assertion" ? claimedIssuer(claim.assertion) : claim.clientId;
  const who = { address: ask.address, ...(client !== undefined && { client }) };
  it.limits.refuseGuessing(who);
  await it.limits.spend("CLAIM", who);
  try {
    const calling = await inWordsOfOAuth(() => proved(it, claim));
    if (calling.isConfidential) await it.limits.spend("PROVED", { client: calling.clientId });
    return { form, ...calling };
  } catch (error) {
    if (error instanceof OAuthFault) await it.limits.failed(who);
    throw error;
  }
}

async function proved({ deps, clients }: SignInDeps, claim: ClientClaim) {
  if (claim.by === "assertion") return { clientId: await provedService(deps, claim), isConfidential: true };
  return { clientId: provedClient(claim, clients).clientId, isConfidential: claim.by === "secret" };
}
