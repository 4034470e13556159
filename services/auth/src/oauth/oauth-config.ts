import { trustedProxies } from "@tessera/rpc/admission/client-address.ts";
import { url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { clientsSetting } from "./client.ts";

/** The variables of the endpoints of OAuth and of their limits. */
export const oauthEnvironment = {
  /** By which URL people reach the endpoints of OAuth; TOKEN_ISSUER unless given. */
  PUBLIC_URL: url
    .refine((it) => /^https?:\/\/[^?#]+$/.test(it), "must be an http or https URL without query")
    .optional(),
  /** The programs that people sign in to, as JSON. */
  OAUTH_CLIENTS: clientsSetting.default(new Map()),
  /** Whose X-Forwarded-For is believed: addresses and networks, by commas. */
  TRUSTED_PROXIES: trustedProxies,
  /** How much of each limit is allowed, in percent; 0 for no limits. */
  RATE_LIMIT_PERCENT: z.coerce.number().int().min(0).max(100_000).default(100),
};
