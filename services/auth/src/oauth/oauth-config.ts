import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { trustedProxies } from "@tessera/rpc/admission/client-address.ts";
import { url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { type Client, clientsSetting } from "./client.ts";
import { canBeRegistered } from "./redirect-uri.ts";

/** The client_id of the console. */
const CONSOLE = "console";

/** The variables of the OAuth endpoints and of their limits. */
export const oauthEnvironment = {
  /** The public URL of the OAuth endpoints; TOKEN_ISSUER by default. */
  PUBLIC_URL: url
    .refine((it) => /^https?:\/\/[^?#]+$/.test(it), "must be an http or https URL without query")
    .optional(),
  /** The OAuth clients, programs that people sign in to, as JSON. */
  OAUTH_CLIENTS: clientsSetting.default(new Map()),
  /** Where people reach the console, such as https://map.example.org: it is a client too, `console`, to which they sign in. */
  CONSOLE_URL: url
    .transform((it) => it.replace(/\/$/, ""))
    .refine(
      (it) => canBeRegistered(redirectOfConsole(it)),
      "must be https, or http://127.0.0.1 or http://[::1]",
    )
    .optional(),
  /** The proxies whose X-Forwarded-For is trusted: addresses and networks, separated by commas. */
  TRUSTED_PROXIES: trustedProxies,
  /** The scale of all limits, in percent; 0 for no limits. */
  RATE_LIMIT_PERCENT: z.coerce.number().int().min(0).max(100_000).default(100),
};

/** The clients of a deployment: those that are registered, and its console unless one of that name is among them. */
export function clientsOf({
  OAUTH_CLIENTS: registered,
  CONSOLE_URL: url,
}: {
  OAUTH_CLIENTS: ReadonlyMap<string, Client>;
  CONSOLE_URL?: string | undefined;
}): ReadonlyMap<string, Client> {
  if (url === undefined || registered.has(CONSOLE)) return registered;
  const redirectUris = [redirectOfConsole(url)];
  const own = { clientId: CONSOLE, redirectUris, scopes: PERSON_SCOPES, secretSha256: undefined };
  return new Map([...registered, [CONSOLE, own]]);
}

function redirectOfConsole(url: string): string {
  return `${url}/console/signed-in`;
}
