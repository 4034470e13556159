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

/** The configuration of the auth service. */
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
  /** The address on which both servers listen. */
  GRPC_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  GRPC_PORT: port.default(50_051),
  /** The port of the published keys, by HTTP; 0 for any free one. */
  KEYS_PORT: port.default(8_081),
  /** How long a stopping service still serves, so that load balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** The issuer of access tokens, their claim `iss`. */
  TOKEN_ISSUER: z.string().min(1),
  /** How long an access token is valid, in seconds. */
  ACCESS_TOKEN_SECONDS: z.coerce.number().int().min(1).max(3_600).default(600),
  /** After how many days without use a refresh token expires. */
  REFRESH_IDLE_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  /** The longest duration of a session in days, however often it is refreshed. */
  SESSION_DAYS: z.coerce.number().int().min(1).max(365).default(90),
  /** For how many seconds a used refresh token returns the same successor again. */
  REFRESH_REPLAY_SECONDS: z.coerce.number().int().min(0).max(300).default(30),
  /** After how many days the next key signs. */
  KEY_ROTATION_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  /** The algorithm of the next signing key; existing keys keep theirs. */
  SIGNING_ALGORITHM: z.enum(TOKEN_ALGORITHMS).default("EdDSA"),
  /** Encrypts the private keys in the database. */
  KEY_ENCRYPTION_SECRET: secret,
  /** The services of this deployment, as JSON: [{"client_id", "public_jwk", "scopes", "may_act"}]. */
  SERVICE_ACCOUNTS: deployedAccounts,
  /** Whether people sign in with only a name, without proof; refused where NODE_ENV is "production". */
  DEVELOPMENT_SIGN_IN: flag.default(false),
  NODE_ENV: z.string().optional(),
  ...oauthEnvironment,
  ...upstreamEnvironment,
  /** People who become administrators when they sign in: provider:subject, separated by commas. */
  ADMINISTRATORS: administratorsSetting,
  /** The services that keep data about users and confirm its deletion; separated by commas. */
  DELETION_SERVICES: names.default("project,task"),
  /** For how many days events are kept. */
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(730),
  /** The number of mapped tasks, without undone ones, that a person needs for the level. */
  LEVEL_INTERMEDIATE_TASKS: z.coerce.number().int().min(1).max(1_000_000).default(250),
  LEVEL_ADVANCED_TASKS: z.coerce.number().int().min(1).max(1_000_000).default(500),
  /** The address of the task service, whose feed raises levels; without it only administrators set levels. */
  TASK_ADDRESS: z.string().min(1).optional(),
  /** The default validity of an invitation to a team, in days. */
  INVITATION_DAYS: z.coerce.number().int().min(1).max(90).default(14),
  /** The longest duration of a stream; its reader then resumes it. */
  STREAM_MAX_MILLISECONDS: milliseconds.default(1_800_000),
});

/** Reads the environment. Throws a ConfigFault that lists all its faults. */
export function readConfig(env: Record<string, string | undefined> = process.env): AuthConfig {
  const config = readEnvironment(environment, env);
  if (config.DEVELOPMENT_SIGN_IN && config.NODE_ENV === "production")
    throw new ConfigFault(["DEVELOPMENT_SIGN_IN: must be false where NODE_ENV is production"]);
  return config;
}
