import { hash, randomBytes } from "node:crypto";
import { markedSecret } from "../mark.ts";
import { type Answer, redirect } from "../oauth-http/answer.ts";
import type { HttpAsk } from "../oauth-http/http-ask.ts";
import { readParameters } from "../oauth-http/parameters.ts";
import { STATE } from "../oauth-http/presented.ts";
import { upstreamNotConfigured } from "../sessions/sign-in-refusals.ts";
import { addresseeOf, authorizationRequest } from "./authorization-request.ts";
import { redirectRefusals } from "./redirect-refusals.ts";
import type { SignInDeps } from "./sign-in-deps.ts";

const SECRET_BYTES = 32;

/** GET /oauth2/authorize (RFC 6749, 4.1.1): remembers what the client asks for, and sends the browser to the provider. */
export async function authorize(it: SignInDeps, ask: HttpAsk): Promise<Answer> {
  const { deps, upstream, clients, cookie, limits } = it;
  if (upstream === undefined) throw upstreamNotConfigured();
  const parameters = readParameters(ask.query);
  const addressee = addresseeOf(parameters, clients);
  const queued = it.queues(ask, `address ${ask.address}`);
  await queued(() => limits.spend("SIGN_IN", { address: ask.address }));
  return redirectRefusals(it, addressee, async () => {
    const request = authorizationRequest(parameters, addressee);
    const state = markedSecret(deps.tokenKey, STATE);
    // One browser may have several sign-ins under way, in tabs.
    const browser = cookie.read(ask.headers.cookie) ?? secret();
    const location = await upstream.departure(state);
    const key = { stateHash: digest(state), browserHash: digest(browser) };
    await queued(() => deps.store.signIns.begin(key, request));
    return redirect(location, { "set-cookie": cookie.write(browser) });
  });
}

/** 256 bits in base64url. */
function secret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** What is stored of a secret of 256 bits. */
export function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
