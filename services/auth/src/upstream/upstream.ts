import { createHmac, type KeyObject } from "node:crypto";
import * as oauth from "oauth4webapi";
import { boundedFetch, UpstreamUnreadable } from "./bounded-fetch.ts";
import type { UpstreamSettings } from "./upstream-config.ts";
import { ACCESS_DENIED, translated } from "./upstream-fault.ts";
import { personIn, type UpstreamPerson } from "./user-document.ts";

/** The identity provider that people sign in with. Everything that it does wrong is a refusal. */
export interface Upstream {
  /** What users of it are kept under. */
  provider: string;
  /** Where the browser is sent. The state is the only secret of the sign-in that the browser sees. */
  departure(state: string): Promise<string>;
  /** The person who returned. The token of the identity provider is used once, for this question, and forgotten. */
  arrival(state: string, parameters: URLSearchParams): Promise<UpstreamPerson | typeof ACCESS_DENIED>;
}

/** How long the result of discovery is cached, in milliseconds. */
const DISCOVERED_MS = 3_600_000;

type Server = oauth.AuthorizationServer;

/** Speaks to one identity provider. `key` makes what proves us to it; `redirectUri` is where it sends people back to. */
export function upstream(settings: UpstreamSettings, redirectUri: string, key: KeyObject): Upstream {
  const { provider, clientId, scope, clientAuth } = settings;
  const client: oauth.Client = { client_id: clientId };
  const openId = scope.split(" ").includes("openid");
  // Derived, so that the database holds nothing that a reader of it could use. 256 bits each.
  const derived = (purpose: string, state: string) =>
    createHmac("sha256", key).update(`${purpose}:${state}`).digest("base64url");
  const server = discovered(settings);

  const departure = async (state: string): Promise<string> => {
    const { authorization_endpoint } = await server();
    const url = new URL(authorization_endpoint as string);
    const parameters = {
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(derived("pkce", state)),
      code_challenge_method: "S256",
      ...(openId && { nonce: derived("nonce", state) }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  };

  const arrival = async (state: string, parameters: URLSearchParams): Promise<UpstreamPerson> => {
    const as = await server();
    const checked = oauth.validateAuthResponse(as, client, parameters, state);
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      clientAuth(),
      checked,
      redirectUri,
      derived("pkce", state),
      options(settings),
    );
    const tokens = await oauth.processAuthorizationCodeResponse(
      as,
      client,
      answer,
      openId ? { expectedNonce: derived("nonce", state), requireIdToken: true } : {},
    );
    return userOf(settings, as, tokens.access_token, oauth.getValidatedIdTokenClaims(tokens)?.sub);
  };

  return {
    provider,
    departure: (state) =>
      departure(state).catch((error: unknown) => Promise.reject(translated(error, provider))),
    arrival: (state, parameters) =>
      arrival(state, parameters).catch((error: unknown) => {
        const fault = translated(error, provider);
        return fault === ACCESS_DENIED ? fault : Promise.reject(fault);
      }),
  };
}

async function userOf(
  settings: UpstreamSettings,
  as: Server,
  token: string,
  subject: string | undefined,
): Promise<UpstreamPerson> {
  const { paths, userUrl } = settings;
  const url = userUrl ?? as.userinfo_endpoint;
  if (url === undefined) throw new UpstreamUnreadable("no user document is configured or discovered");
  const headers = new Headers({ accept: "application/json" });
  const answer = await oauth.protectedResourceRequest(
    token,
    "GET",
    new URL(url),
    headers,
    null,
    options(settings),
  );
  if (answer.status !== 200) throw new UpstreamUnreadable(`the user document answered ${answer.status}`);
  const document: unknown = await answer.json().catch(() => undefined);
  // OpenID Connect Core 5.3.2: the document of another person than the token's is not to be used.
  const { sub = subject } = (document ?? {}) as { sub?: unknown };
  if (subject !== undefined && sub !== subject)
    throw new UpstreamUnreadable("the user document is another person's");
  const person = personIn(document, paths);
  if (person === undefined) throw new UpstreamUnreadable("the user document names nobody");
  return person;
}

/** The endpoints as they are set, or as the issuer publishes them. What could not be found is looked for again. */
function discovered(settings: UpstreamSettings): () => Promise<Server> {
  const { issuer, endpoints } = settings;
  if (issuer === undefined) return async () => endpoints;
  let found: { server: Promise<Server>; untilMs: number } | undefined;
  const look = async () => {
    const url = new URL(issuer);
    const answer = await oauth.discoveryRequest(url, { algorithm: "oidc", ...options(settings) });
    const server = await oauth.processDiscoveryResponse(url, answer);
    for (const needed of [server.authorization_endpoint, server.token_endpoint]) {
      const usable = needed !== undefined && (needed.startsWith("https://") || isLoopback(needed));
      if (!usable || (isLoopback(needed) && !isLoopback(issuer)))
        throw new UpstreamUnreadable("an endpoint is missing, or nobody should be sent there");
    }
    return server;
  };
  return () => {
    if (found === undefined || found.untilMs < Date.now()) {
      const asked = { server: look(), untilMs: Date.now() + DISCOVERED_MS };
      found = asked;
      asked.server.catch(() => {
        if (found === asked) found = undefined;
      });
    }
    return found.server;
  };
}

function options({ issuer, endpoints }: UpstreamSettings) {
  return {
    [oauth.customFetch]: boundedFetch,
    // The configuration takes plain HTTP for this machine only; a provider over HTTPS may not lead there.
    [oauth.allowInsecureRequests]: isLoopback(issuer ?? (endpoints.token_endpoint as string)),
  };
}

/** Whether a URL is one of this machine by plain HTTP. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
}
