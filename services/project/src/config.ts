import { trustVariables } from "@tessera/identity/trust.ts";
import { databaseUrl, databaseVariables } from "@tessera/postgres/database-variables.ts";
import { milliseconds, port, readEnvironment } from "@tessera/runtime/environment.ts";
import { z } from "zod";

/** The configuration of the project service. */
export type ProjectConfig = z.output<typeof environment>;

const MEBIBYTE = 1_024 * 1_024;

const environment = z.object({
  ...trustVariables,
  ...databaseVariables,
  /**
   * A read replica of the database, from which search reads while it is at most 5 s behind: replicas of the service, each
   * with a replica of the database, add readers. It must replicate this very database.
   */
  SEARCH_DATABASE_URL: databaseUrl.optional(),
  /**
   * The address of the task service, whose feed carries the progress of projects. Without it projects have no
   * progress.
   */
  TASK_ADDRESS: z.string().min(1).optional(),
  GRPC_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  GRPC_PORT: port.default(50_052),
  /** How long a stopping service still serves, so that load balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** The longest duration of a stream; its reader then resumes it. */
  STREAM_MAX_MILLISECONDS: milliseconds.default(1_800_000),
  /** The largest area of interest, in square kilometres. */
  AREA_LIMIT_SQUARE_KILOMETRES: z.coerce.number().positive().max(510_100_000).default(5_000),
  /** The largest file with an area, in bytes. The gateway accepts 64 MiB. */
  AREA_FILE_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(MEBIBYTE * 256)
    .default(MEBIBYTE * 64),
  /** The most entries of an archive. */
  AREA_FILE_LIMIT_ENTRIES: z.coerce.number().int().min(1).max(65_535).default(1_000),
  /** The most inflated bytes read from an archive. */
  AREA_FILE_LIMIT_INFLATED_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(MEBIBYTE * 256)
    .default(MEBIBYTE * 128),
  /** The largest ratio by which an entry of an archive may inflate, checked above one mebibyte. */
  AREA_FILE_LIMIT_INFLATION_RATIO: z.coerce.number().min(1).max(1_032).default(200),
  /** The deepest nesting of a file's XML. */
  AREA_FILE_LIMIT_DEPTH: z.coerce.number().int().min(8).max(1_000).default(64),
  /**
   * The heap of the process that reads a file, in mebibytes; a file that needs more is faulty (`memory-exhausted`).
   */
  AREA_FILE_MEMORY_MEBIBYTES: z.coerce.number().int().min(64).max(4_096).default(512),
  /** The longest time to read a file, and the longest wait before reading starts. */
  AREA_FILE_READ_MILLISECONDS: milliseconds.default(30_000),
  /** The most uploads kept per person. Each is deleted after a day. */
  AREA_UPLOADS_PER_PERSON: z.coerce.number().int().min(1).max(10_000).default(50),
  /** The most concurrent uploads of this process. Each may need AREA_FILE_LIMIT_BYTES of disk. */
  AREA_UPLOADS_AT_ONCE: z.coerce.number().int().min(1).max(1_000).default(16),
  /** The most rings of an area of interest. */
  AREA_LIMIT_RINGS: z.coerce.number().int().min(1).max(66_000).default(20_000),
  /** The most vertices of an area of interest. 200,000 fill the largest request. */
  AREA_LIMIT_VERTICES: z.coerce.number().int().min(3).max(200_000).default(100_000),
});

/** Reads the environment. Throws a ConfigFault that lists all its faults. */
export function readConfig(env: Record<string, string | undefined> = process.env): ProjectConfig {
  return readEnvironment(environment, env);
}
