import { trustVariables } from "@tessera/rpc/trust.ts";
import { milliseconds, port, readEnvironment, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";

/** How the project service is set up. */
export type ProjectConfig = z.output<typeof environment>;

const environment = z.object({
  ...trustVariables,
  DATABASE_URL: url,
  /** Connections to the database at most. */
  POOL_SIZE: z.coerce.number().int().min(1).max(200).default(16),
  GRPC_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  GRPC_PORT: port.default(50_052),
  /** How long a stopping service goes on serving, so that balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** How old a stream may become before its reader has to resume it. */
  STREAM_MAX_MILLISECONDS: milliseconds.default(1_800_000),
  /** How large an area of interest may be. */
  AREA_LIMIT_SQUARE_KILOMETRES: z.coerce.number().positive().max(510_100_000).default(5_000),
  /** How many vertices an area of interest may have. 200,000 of them fill the largest request. */
  AREA_LIMIT_VERTICES: z.coerce.number().int().min(3).max(200_000).default(100_000),
});

/** Reads the environment. Throws a ConfigFault that names everything that is wrong with it. */
export function readConfig(env: Record<string, string | undefined> = process.env): ProjectConfig {
  return readEnvironment(environment, env);
}
