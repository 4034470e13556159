import { clientClaim, provedClient } from "./client-authentication.ts";
import type { HttpAsk } from "./http-ask.ts";
import { OAuthFault, oauthFault } from "./oauth-fault.ts";
import type { Parameters } from "./parameters.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

/** Who calls an endpoint about tokens. */
export interface CallingClient {
  form: Parameters;
  clientId: string;
  /** Whether it has a secret or a key of its own, and proved it. */
  isConfidential: boolean;
}

/** Reads the form of a client, and finds out which client it is. Refuses RATE_LIMITED; throws an OAuthFault. */
export async function callingClient(it: SignInDeps, ask: HttpAsk): Promise<CallingClient> {
  const form = await ask.form();
  if (form.repeated.size > 0) throw oauthFault("invalid_request", "a parameter is given twice");
  const claim = clientClaim(ask.headers, form);
  const who = { address: ask.address, ...(claim.clientId !== undefined && { client: claim.clientId }) };
  it.limits.refuseGuessing(who);
  await it.limits.spend("INSPECT", who);
  try {
    const { clientId, isConfidential } = {
      clientId: provedClient(claim, it.clients).clientId,
      isConfidential: claim.by === "secret",
    };
    if (isConfidential) await it.limits.spend("PROVED", { client: clientId });
    return { form, clientId, isConfidential };
  } catch (error) {
    if (error instanceof OAuthFault) await it.limits.failed(who);
    throw error;
  }
}
