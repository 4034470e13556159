import type { Answer } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { oauthFault } from "../oauth-http/oauth-fault.ts";
import { revokeByHolder } from "../tokens/revoke-by-holder.ts";
import { tokenStateOf } from "../tokens/token-state.ts";
import { type CallingClient, forClient } from "./calling-client.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

const DONE: Answer = { status: 200, headers: { "cache-control": "no-store", pragma: "no-cache" }, body: "" };

/**
 * POST /oauth2/revoke (RFC 7009): revokes the session of a token, whichever of its tokens it is. An unknown or expired
 * token counts as revoked.
 */
export function revoke(it: SignInDeps, ask: HttpAsk): Promise<Answer> {
  return forClient(it, ask, (calling) => revokeFor(it, calling));
}

async function revokeFor({ deps }: SignInDeps, { form, clientId }: CallingClient): Promise<Answer> {
  const token = form.get("token");
  if (token === undefined) throw oauthFault("invalid_request", "token is missing");
  const state = await tokenStateOf(deps, token);
  if (state === undefined) return DONE;
  if (state.actors.length > 0)
    throw oauthFault("unsupported_token_type", "a token to act for a person ends by itself");
  if (state.clientId !== clientId) throw oauthFault("unauthorized_client", "the token is another client's");
  await deps.store.begin((tx) => revokeByHolder(tx, token, state));
  return DONE;
}
