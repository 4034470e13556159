import type { Answer } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { oauthFault } from "../oauth-http/oauth-fault.ts";
import type { Parameters } from "../oauth-http/parameters.ts";
import { admitted } from "./admitted.ts";
import { type ClientClaim, clientClaim, provedClient } from "./client-authentication.ts";
import { provedService } from "./machine-grants.ts";
import type { SignInDeps } from "./sign-in-deps.ts";
import { inWordsOfOAuth } from "./token.ts";

/** The caller of an endpoint about tokens. */
export interface CallingClient {
  form: Parameters;
  clientId: string;
  /** Whether it has a secret or a key of its own, and proved it. */
  isConfidential: boolean;
}

/**
 * Reads the form of a client, finds out which client it is, and queues its work. Refuses RATE_LIMITED and
 * OVERLOADED; throws an OAuthFault.
 */
export async function forClient(
  it: SignInDeps,
  ask: HttpAsk,
  work: (calling: CallingClient) => Promise<Answer>,
): Promise<Answer> {
  const form = await ask.form();
  if (form.repeated.size > 0) throw oauthFault("invalid_request", "a parameter is given twice");
  const claim = clientClaim(ask.headers, form);
  return admitted(it, ask, { form, claim, on: "INSPECT" }, (queued) =>
    queued(async () => {
      const calling = await inWordsOfOAuth(() => proved(it, claim));
      if (calling.isConfidential) await it.limits.spend("PROVED", { client: calling.clientId });
      return work({ form, ...calling });
    }),
  );
}

async function proved({ deps, clients }: SignInDeps, claim: ClientClaim) {
  if (claim.by === "assertion") return { clientId: await provedService(deps, claim), isConfidential: true };
  return { clientId: provedClient(claim, clients).clientId, isConfidential: claim.by === "secret" };
}
