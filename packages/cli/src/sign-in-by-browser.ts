import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import openBrowser from "open";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { Failure } from "./failure.ts";
import type { SavedTokens } from "./saved-sessions.ts";

/** How long a person may take to sign in. */
const SIGN_IN_MAX_MS = 5 * 60_000;
const PATH = "/callback";
/** What a coordinator does with this tool. */
const SCOPE = "account projects:read projects:write tasks:read tasks:write people:read";

const DONE = page("Signed in", "You are signed in. You can close this page and return to the terminal.");
const REFUSED = page("Not signed in", "Signing in did not work. The terminal says why.");

/**
 * Signs a person in with their own browser: authorization code with PKCE, to a loopback address (RFC 8252). The server names
 * its endpoints at /.well-known/oauth-authorization-server.
 */
export async function signInByBrowser(
  server: string,
  clientId: string,
  opens: boolean,
): Promise<SavedTokens> {
  const configuration = await endpointsOf(server, clientId);
  if (configuration.serverMetadata().authorization_endpoint === undefined)
    throw new Failure(
      `${server} offers no sign-in by browser: use --key, or --as where development sign-in is on`,
    );
  const listener = createServer().listen(0, "127.0.0.1");
  try {
    await once(listener, "listening");
    const redirectUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}${PATH}`;
    const verifier = randomPKCECodeVerifier();
    const state = randomState();
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
    });
    console.error(`Sign in with your browser:\n  ${url.href}`);
    if (opens) await openBrowser(url.href).catch(() => {});
    const { callback, answer } = await comingBack(listener, redirectUri, state);
    try {
      const checks = { pkceCodeVerifier: verifier, expectedState: state };
      const tokens = await authorizationCodeGrant(configuration, callback, checks);
      answer(DONE);
      return saved(tokens);
    } catch (error) {
      answer(REFUSED);
      throw new Failure(`Signing in was refused: ${error instanceof Error ? error.message : error}`);
    }
  } finally {
    listener.close();
    listener.closeAllConnections();
  }
}

async function endpointsOf(server: string, clientId: string): Promise<Configuration> {
  const url = new URL(server);
  // A server of one's own machine has no certificate.
  const execute = url.protocol === "http:" ? [allowInsecureRequests] : [];
  return discovery(url, clientId, undefined, None(), { algorithm: "oauth2", execute }).catch(
    (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure(`${server} does not say how to sign in: ${why}`);
    },
  );
}

/** Waits until the browser comes back with an answer to this sign-in. Other requests are not found. */
async function comingBack(listener: ReturnType<typeof createServer>, redirectUri: string, state: string) {
  const signal = AbortSignal.timeout(SIGN_IN_MAX_MS);
  return new Promise<{ callback: URL; answer: (html: string) => void }>((resolve, reject) => {
    signal.addEventListener("abort", () =>
      reject(new Failure(`Nobody signed in within ${SIGN_IN_MAX_MS / 60_000} minutes`)),
    );
    listener.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const callback = new URL(request.url ?? "/", redirectUri);
      if (callback.pathname !== PATH || callback.searchParams.get("state") !== state)
        return response.writeHead(404).end();
      const answer = (html: string) =>
        response
          .writeHead(200, { "Content-Type": "text/html; charset=utf-8", Connection: "close" })
          .end(html);
      return resolve({ callback, answer });
    });
  });
}

function saved({
  access_token: accessToken,
  refresh_token: refreshToken,
  expires_in: seconds,
}: Awaited<ReturnType<typeof authorizationCodeGrant>>): SavedTokens {
  if (refreshToken === undefined) throw new Error("the server gave no refresh token");
  const expireTime = seconds && new Date(Date.now() + seconds * 1000).toISOString();
  return { accessToken, refreshToken, ...(expireTime && { expireTime }) };
}

function page(title: string, text: string): string {
  const head = `<meta charset="utf-8"><title>${title}</title>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body><h1>${title}</h1><p>${text}</p></body></html>`;
}
