import type { Spender } from "../limits/rules.ts";
import type { Answer } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { OAuthFault } from "../oauth-http/oauth-fault.ts";
import type { Parameters } from "../oauth-http/parameters.ts";
import { presentedIn } from "../oauth-http/presented.ts";
import type { Queued } from "../oauth-http/queues.ts";
import type { ClientClaim } from "./client-authentication.ts";
import { claimedIssuer } from "./machine-grants.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

/** What a client asks for with its form. */
interface Asked {
  form: Parameters;
  claim: ClientClaim;
  on: "TOKEN" | "INSPECT";
}

/** The error that says that a client has not proved itself. */
const WRONG_PROOF = "invalid_client";

/**
 * Does `work` within the limits of its caller. A caller that presents a credential of this deployment is limited by
 * that credential alone, never by other callers at the same address: forged credentials, detected by their mark,
 * count separately. Wrong proofs of clients count by client and address. Refuses RATE_LIMITED; throws what `work`
 * throws.
 */
export async function admitted(
  it: SignInDeps,
  ask: HttpAsk,
  { form, claim, on }: Asked,
  work: (queued: Queued) => Promise<Answer>,
): Promise<Answer> {
  const { limits, deps } = it;
  const { address } = ask;
  const { account, isForged } = presentedIn(deps.tokenKey, form);
  const claimed = claimant(address, claim);
  if (isForged) await limits.spend("FORGED", { address });
  else if (account !== undefined) await limits.spend("HELD", { account });
  else {
    await limits.spend(on, { address });
    await limits.spend("CLAIM", claimed);
  }
  const proves = claim.by !== "none";
  if (proves) limits.refuseGuessing(claimed);
  try {
    const answer = await work(it.queues(ask, account ?? `address ${address}`));
    limits.succeeded(proves ? claimed : { address });
    return answer;
  } catch (error) {
    if (proves && error instanceof OAuthFault && error.error === WRONG_PROOF) await limits.failed(claimed);
    throw error;
  }
}

/** Which client this says it is. */
function claimant(address: string, claim: ClientClaim): Spender {
  const client = claim.by === "assertion" ? claimedIssuer(claim.assertion) : claim.clientId;
  return { address, ...(client !== undefined && { client }) };
}
