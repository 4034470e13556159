import * as oauth from "oauth4webapi";
import { html } from "../html/html.ts";
import { COOKIES, endCookie, setCookie } from "../session/cookies.ts";
import { ownPath } from "../session/same-origin.ts";
import type { Provider } from "../session/sign-in-ways.ts";
import type { Done, Page } from "../visits/page.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { Visit } from "../visits/visit.ts";
import { beginSession } from "./begin-session.ts";
import { SIGN_IN_TEXTS } from "./texts.ts";

/** How long somebody may take at the provider. */
const SIGN_IN_MAX_SECONDS = 600;
const EXCHANGE_MAX_MS = 10_000;

/** Sends the browser to auth, and keeps what must come back in a cookie that only the console reads. */
export async function beginSignIn({ deps, form }: Visit): Promise<Done> {
  const { server, client, redirectUri } = providerOf(deps.signIn.provider);
  const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()];
  const url = new URL(server.authorization_endpoint as string);
  const parameters = {
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const begun = { state, verifier, next: ownPath(form.text("next")) };
  const sealed = await deps.sealed.seal("sign-in", begun, SIGN_IN_MAX_SECONDS);
  return { see: url.href, cookies: [setCookie(COOKIES.signIn, sealed, SIGN_IN_MAX_SECONDS)] };
}

/** Takes the browser back from auth: its code becomes a session, once, in the browser in which the sign-in began. */
export async function signedIn(visit: Visit): Promise<Done | Page> {
  const { deps, query } = visit;
  const provider = providerOf(deps.signIn.provider);
  const sealed = visit.cookies.get(COOKIES.signIn);
  const begun = sealed === undefined ? undefined : await deps.sealed.open("sign-in", sealed);
  if (begun === undefined) return failed(visit);
  try {
    const tokens = await exchange(provider, query, begun as { state: string; verifier: string });
    const done = await beginSession(visit, tokens, begun.next ?? "/");
    return { ...done, cookies: [...(done.cookies ?? []), endCookie(COOKIES.signIn)] };
  } catch (error) {
    if (
      error instanceof oauth.AuthorizationResponseError ||
      error instanceof oauth.ResponseBodyError ||
      error instanceof oauth.OperationProcessingError
    )
      return failed(visit);
    throw error;
  }
}

async function exchange(
  { server, client, redirectUri }: Provider,
  query: URLSearchParams,
  { state, verifier }: { state: string; verifier: string },
): Promise<{ accessToken: string; refreshToken: string }> {
  const answer = oauth.validateAuthResponse(server, client, query, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    redirectUri,
    verifier,
    {
      // Inside the deployment, auth is reached in clear, as the gateway reaches it.
      [oauth.allowInsecureRequests]: true,
      signal: AbortSignal.timeout(EXCHANGE_MAX_MS),
    },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
  return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? "" };
}

function failed({ language }: Visit): Page {
  const t = SIGN_IN_TEXTS(language);
  const body = html`<h1>${t.failed}</h1><p>${t.failedMore}</p><p><a class="button" href="/console/sign-in">${t.title}</a></p>`;
  return { title: t.failed, body, status: 400 };
}

function providerOf(provider: Provider | undefined): Provider {
  if (provider === undefined) throw new PageFault(404);
  return provider;
}
