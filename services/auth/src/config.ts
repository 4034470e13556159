import { TOKEN_ALGORITHMS } from "@tessera/identity/token-algorithm.ts";
import { databaseVariables } from "@tessera/postgres/database-variables.ts";
import { tlsVariables } from "@tessera/rpc/tls.ts";
import { ConfigFault } from "@tessera/runtime/config-fault.ts";
import { flag, milliseconds, port, readEnvironment, secret } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { administratorsSetting } from "./administrators-setting.ts";
import { oauthEnvironment } from "./oauth/oauth-config.ts";
import { deployedAccounts } from "./service-accounts/deployed-account-setting.ts";
import { upstreamEnvironment } from "./upstream/upstream-config.ts";

/** How the auth service is set up. */
export type AuthConfig = z.output<typeof environment>;

/** The names of services, separated by commas. */
const names = z
  .string()
  .regex(
    /^([a-z][a-z0-9-]{0,31}(,[a-z][a-z0-9-]{0,31})*)?$/,
    "must be names of services, separated by commas",
  );

const environment = z.object({
  ...tlsVariables,
  ...databaseVariables,
  /** Where both servers listen. */
  GRPC_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  GRPC_PORT: port.default(50_051),
  /** The port of the published keys, by HTTP; 0 for any free one. */
  KEYS_PORT: port.default(8_081),
  /** How long a stopping service goes on serving, so that balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** What access tokens say in `iss`. */
  TOKEN_ISSUER: z.string().min(1),
  /** How long an access token is good for. */
  ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(1).max(3_600).default(600),
  /** A refresh token that is not used for so long is not taken any more. */
  REFRESH_IDLE_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  /** A session goes on for so long at most, however often it is refreshed. */
  SESSION_DAYS: z.coerce.number().int().min(1).max(365).default(90),
  /** A refresh token that was just used gets the same successor again for so long. */
  REFRESH_REPLAY_SECONDS: z.coerce.number().int().min(0).max(300).default(30),
  /** A key signs for so long, then the next one does. */
  KEY_ROTATION_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  /** The algorithm of the next key that is made; keys that are there keep theirs. */
  SIGNING_ALGORITHM: z.enum(TOKEN_ALGORITHMS).default("EdDSA"),
  /** Encrypts the private keys in the database. */
  KEY_ENCRYPTION_SECRET: secret,
  /** The services of this deployment, as JSON: [{"client_id", "public_jwk", "scopes", "may_act"}]. */
  SERVICE_ACCOUNTS: deployedAccounts,
  /** Whether anybody may sign in by a mere name; refused where NODE_ENV is "production". */
  DEVELOPMENT_SIGN_IN: flag.default(false),
  NODE_ENV: z.string().optional(),
  ...oauthEnvironment,
  ...upstreamEnvironment,
  /** Who is an administrator from sign-in on, whatever they were: provider:subject, by commas. */
  ADMINISTRATORS: administratorsSetting,
  /** The services that keep something about users, and confirm when they have deleted it; by commas. */
  DELETION_SERVICES: names.default("project,task"),
  /** What happened is kept for so many days. */
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(730),
  /** So many tasks that a person mapped, and that were not undone, make a level. */
  LEVEL_INTERMEDIATE_TASKS: z.coerce.number().int().min(1).max(1_000_000).default(250),
  LEVEL_ADVANCED_TASKS: z.coerce.number().int().min(1).max(1_000_000).default(500),
  /** Where the work is learnt that levels are raised for; without it levels are set by hand only. */
  TASK_ADDRESS: z.string().min(1).optional(),
  /** An invitation to a team is good for so long, unless it says otherwise. */
  INVITATION_DAYS: z.coerce.number().int().min(1).max(90).default(14),
  /** How old a stream may become before its reader has to resume it. */
  STREAM_MAX_MILLISECONDS: milliseconds.default(1_800_000),
});

/** Reads the environment. Throws a ConfigFault that names everything that is wrong with it. */
export function readConfig(env: Record<string, string | undefined> = process.env): AuthConfig {
  const config = readEnvironment(environment, env);
  if (config.DEVELOPMENT_SIGN_IN && config.NODE_ENV === "production")
    throw new ConfigFault(["DEVELOPMENT_SIGN_IN: must be false where NODE_ENV is production"]);
  return config;
}
