import { flag, milliseconds, port, readEnvironment, secret, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";

/** How the auth service is set up. */
export type AuthConfig = z.output<typeof environment>;

const environment = z.object({
  DATABASE_URL: url,
  /** Connections to the database at most. */
  POOL_SIZE: z.coerce.number().int().min(1).max(200).default(16),
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
  /** Encrypts the private keys in the database. */
  KEY_ENCRYPTION_SECRET: secret,
  /** Whether anybody may sign in by a mere name. */
  DEVELOPMENT_SIGN_IN: flag.default(false),
});

/** Reads the environment. Throws a ConfigFault that names everything that is wrong with it. */
export function readConfig(env: Record<string, string | undefined> = process.env): AuthConfig {
  return readEnvironment(environment, env);
}
