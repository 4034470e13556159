import * as oauth from "oauth4webapi";
import type { ConsoleConfig } from "../config.ts";

/** How people can sign in here. */
export interface SignInWays {
  /** By a name alone, which needs no proof. */
  development: boolean;
  /** By the provider that auth has; undefined if there is none. */
  provider: Provider | undefined;
}

/** Auth as an authorization server, and the console as its client. */
export interface Provider {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  redirectUri: string;
}

/** Where the browser comes back to. */
export const SIGNED_IN = "/console/signed-in";

/** Reads how people sign in from the configuration. The code is exchanged inside; the browser goes to the public address. */
export function signInWays(config: ConsoleConfig): SignInWays {
  const { AUTH_HTTP_URL: inside, PUBLIC_URL: outside, OAUTH_CLIENT_ID, TOKEN_ISSUER = outside } = config;
  if (inside === undefined) return { development: config.DEVELOPMENT_SIGN_IN, provider: undefined };
  return {
    development: config.DEVELOPMENT_SIGN_IN,
    provider: {
      server: {
        issuer: TOKEN_ISSUER,
        authorization_endpoint: `${outside}/oauth2/authorize`,
        token_endpoint: new URL("/oauth2/token", inside).href,
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
      },
      client: { client_id: OAUTH_CLIENT_ID, [oauth.clockTolerance]: 60 },
      redirectUri: `${outside}${SIGNED_IN}`,
    },
  };
}
