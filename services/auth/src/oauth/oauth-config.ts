import { trustedProxies } from "@tessera/rpc/admission/client-address.ts";
import { url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { clientsSetting } from "./client.ts";

/** The variables of the OAuth endpoints and of their limits. */
export const oauthEnvironment = {
  /** The public URL of the OAuth endpoints; TOKEN_ISSUER by default. */
  PUBLIC_URL: url
    .refine((it) => /^https?:\/\/[^?#]+$/.test(it), "must be an http or https URL without query")
    .optional(),
  /** The OAuth clients, programs that people sign in to, as JSON. */
  OAUTH_CLIENTS: clientsSetting.default(new Map()),
  /** The proxies whose X-Forwarded-For is trusted: addresses and networks, separated by commas. */
  TRUSTED_PROXIES: trustedProxies,
  /** The scale of all limits, in percent; 0 for no limits. */
  RATE_LIMIT_PERCENT: z.coerce.number().int().min(0).max(100_000).default(100),
};
