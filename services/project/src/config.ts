import { trustVariables } from "@tessera/identity/trust.ts";
import { databaseVariables } from "@tessera/postgres/database-variables.ts";
import { milliseconds, port, readEnvironment } from "@tessera/runtime/environment.ts";
import { z } from "zod";

/** How the project service is set up. */
export type ProjectConfig = z.output<typeof environment>;

const MEBIBYTE = 1_024 * 1_024;

const environment = z.object({
  ...trustVariables,
  ...databaseVariables,
  /** Where the task service listens, whose feed tells how far projects are. Without it projects have no progress. */
  TASK_ADDRESS: z.string().min(1).optional(),
  GRPC_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  GRPC_PORT: port.default(50_052),
  /** How long a stopping service goes on serving, so that balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** How old a stream may become before its reader has to resume it. */
  STREAM_MAX_MILLISECONDS: milliseconds.default(1_800_000),
  /** How large an area of interest may be. */
  AREA_LIMIT_SQUARE_KILOMETRES: z.coerce.number().positive().max(510_100_000).default(5_000),
  /** How large a file with an area may be, in bytes. The gateway takes 64 MiB. */
  AREA_FILE_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(MEBIBYTE * 256)
    .default(MEBIBYTE * 64),
  /** How many entries an archive may have. */
  AREA_FILE_LIMIT_ENTRIES: z.coerce.number().int().min(1).max(65_535).default(1_000),
  /** How much is read of an archive, inflated, in bytes. */
  AREA_FILE_LIMIT_INFLATED_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(MEBIBYTE * 256)
    .default(MEBIBYTE * 128),
  /** How many times its size an entry of an archive may inflate to, once that is more than a mebibyte. */
  AREA_FILE_LIMIT_INFLATION_RATIO: z.coerce.number().min(1).max(1_032).default(200),
  /** How deep the XML of a file may be nested. */
  AREA_FILE_LIMIT_DEPTH: z.coerce.number().int().min(8).max(1_000).default(64),
  /** The heap of the process that reads a file, in mebibytes; what needs more has that as its fault. */
  AREA_FILE_MEMORY_MEBIBYTES: z.coerce.number().int().min(64).max(4_096).default(512),
  /** How long a file may take to read, and how long it may wait for its turn. */
  AREA_FILE_READ_MILLISECONDS: milliseconds.default(30_000),
  /** How many uploads of one person are kept at once. Each is forgotten after a day. */
  AREA_UPLOADS_PER_PERSON: z.coerce.number().int().min(1).max(10_000).default(50),
  /** How many uploads this process receives at once: so many times AREA_FILE_LIMIT_BYTES of disk it may need. */
  AREA_UPLOADS_AT_ONCE: z.coerce.number().int().min(1).max(1_000).default(16),
  /** How many rings an area of interest may have. */
  AREA_LIMIT_RINGS: z.coerce.number().int().min(1).max(66_000).default(20_000),
  /** How many vertices an area of interest may have. 200,000 of them fill the largest request. */
  AREA_LIMIT_VERTICES: z.coerce.number().int().min(3).max(200_000).default(100_000),
});

/** Reads the environment. Throws a ConfigFault that names everything that is wrong with it. */
export function readConfig(env: Record<string, string | undefined> = process.env): ProjectConfig {
  return readEnvironment(environment, env);
}
