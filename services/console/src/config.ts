import { trustedProxies } from "@tessera/rpc/admission/client-address.ts";
import { tlsVariables } from "@tessera/rpc/tls.ts";
import { flag, milliseconds, port, readEnvironment, secret, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";

/** The configuration of the console. */
export type ConsoleConfig = z.output<typeof environment>;

const address = z.string().regex(/^\S+:[0-9]{1,5}$/, "must be host:port");

const environment = z.object({
  ...tlsVariables,
  /** The address to listen on. Only the gateway calls it. */
  HTTP_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  HTTP_PORT: port.default(8_082),
  /** Where people reach the gateway, such as https://map.example.org: pages take forms from this origin only. */
  PUBLIC_URL: url
    .transform((it) => it.replace(/\/$/, ""))
    .refine(
      (it) => URL.parse(it)?.origin === it,
      "must be a URL without a path, such as https://map.example.org",
    ),
  AUTH_ADDRESS: address,
  PROJECT_ADDRESS: address,
  TASK_ADDRESS: address,
  /** The key of the cookies, the same for all replicas. Its holder can read and forge sessions. */
  COOKIE_SECRET: secret,
  /** The secret before this one: cookies that it encrypted are read until they expire. */
  COOKIE_SECRET_BEFORE: secret.optional(),
  /** The HTTP address of auth, for the exchange of authorization codes: "http://host:port". Without it nobody signs in by a provider. */
  AUTH_HTTP_URL: url.refine((it) => it.startsWith("http://") || it.startsWith("https://")).optional(),
  /** The client under which the console is registered with auth (OAUTH_CLIENTS), with the redirect URI <PUBLIC_URL>/console/signed-in. */
  OAUTH_CLIENT_ID: z.string().min(1).default("console"),
  /** The issuer of tokens, as auth names itself; PUBLIC_URL unless given. */
  TOKEN_ISSUER: z.string().min(1).optional(),
  /** Whether people may sign in by name alone; auth must offer it too. */
  DEVELOPMENT_SIGN_IN: flag.default(false),
  /** The proxies whose X-Forwarded-For is trusted: the gateway. */
  TRUSTED_PROXIES: trustedProxies,
  /** The largest file that a form may carry, in bytes. */
  FORM_FILE_MAX_BYTES: z.coerce.number().int().min(1_024).max(268_435_456).default(67_108_864),
  /** Raster tiles under the maps, such as https://tile.example.org/{z}/{x}/{y}.png; a plain background with borders without it. */
  BASE_MAP_URL: url.optional(),
  /** The names that must be shown for them, as text. */
  BASE_MAP_ATTRIBUTION: z.string().max(200).optional(),
  /** Offers two made-up languages, which show texts that are not translated and pages from right to left. */
  PSEUDO_LANGUAGES: flag.default(false),
  /** How long a stopping console still serves, so that load balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
});

/** Reads the environment. Throws a ConfigFault that lists all its faults. */
export function readConfig(env: Record<string, string | undefined> = process.env): ConsoleConfig {
  return readEnvironment(environment, env);
}
