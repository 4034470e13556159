import { trustVariables } from "@tessera/identity/trust.ts";
import { databaseVariables } from "@tessera/postgres/database-variables.ts";
import { milliseconds, port, readEnvironment } from "@tessera/runtime/environment.ts";
import { z } from "zod";

/** How the task service is set up. */
export type TaskConfig = z.output<typeof environment>;

const environment = z.object({
  ...trustVariables,
  ...databaseVariables,
  GRPC_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  GRPC_PORT: port.default(50_053),
  /** How long a stopping service goes on serving, so that balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** Where the project service listens: "project:50052", or "dns:///project:50052" for all of its replicas in turn. */
  PROJECT_ADDRESS: z.string().min(1),
  /** How many tasks one person may hold for mapping, in all projects together. */
  MAPPING_LOCKS_PER_PERSON: z.coerce.number().int().min(1).max(100).default(1),
  /** How many tasks one person may hold for validation, in all projects together. */
  VALIDATION_LOCKS_PER_PERSON: z.coerce.number().int().min(1).max(100).default(100),
  /** How long a lock may last in all, extensions included. */
  LONGEST_LOCK_SECONDS: z.coerce.number().int().min(300).max(2_592_000).default(604_800),
  /** How many comments one person may write in a minute, in all projects together. */
  COMMENTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(60),
  /** How many reports one person, or one sibling tool, may write in a minute, in all projects together. */
  REPORTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(300),
  /** How many tasks a project may have. */
  TASKS_PER_PROJECT: z.coerce.number().int().min(1).max(1_000_000).default(100_000),
  /** How old a stream may become before its reader has to resume it. */
  STREAM_MAX_MILLISECONDS: milliseconds.default(1_800_000),
});

/** Reads the environment. Throws a ConfigFault that names everything that is wrong with it. */
export function readConfig(env: Record<string, string | undefined> = process.env): TaskConfig {
  return readEnvironment(environment, env);
}
