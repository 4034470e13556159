import { trustVariables } from "@tessera/identity/trust.ts";
import { databaseVariables } from "@tessera/postgres/database-variables.ts";
import { flag, milliseconds, port, readEnvironment } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { KEPT_LISTS_BYTES } from "./lists/kept-lists.ts";
import { KEPT_TASK_SETS_BYTES } from "./tiles/kept-task-sets.ts";

/** The configuration of the task service. */
export type TaskConfig = z.output<typeof environment>;

const environment = z.object({
  ...trustVariables,
  ...databaseVariables,
  GRPC_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  GRPC_PORT: port.default(50_053),
  /** How long a stopping service still serves, so that load balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /**
   * The address of the project service: "project:50052", or "dns:///project:50052" to balance over all of its
   * replicas.
   */
  PROJECT_ADDRESS: z.string().min(1),
  /** The most tasks that one person may hold for mapping, over all projects. */
  MAPPING_LOCKS_PER_PERSON: z.coerce.number().int().min(1).max(100).default(1),
  /** The most tasks that one person may hold for validation, over all projects. */
  VALIDATION_LOCKS_PER_PERSON: z.coerce.number().int().min(1).max(100).default(100),
  /** The longest total duration of a lock, extensions included. */
  LONGEST_LOCK_SECONDS: z.coerce.number().int().min(300).max(2_592_000).default(604_800),
  /** The most comments of one person per minute, over all projects. */
  COMMENTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(60),
  /** The most reports of one person or sibling tool per minute, over all projects. */
  REPORTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(300),
  /** The most tasks of a project. */
  TASKS_PER_PROJECT: z.coerce.number().int().min(1).max(1_000_000).default(100_000),
  /** Whether the tables are distributed by project_id over several servers: each project's commands are written there. */
  TABLES_DISTRIBUTED: flag.default(false),
  /** The size of all lists of tasks that are kept in memory, to be sent again while nothing has changed; 0 to keep none. */
  KEPT_LISTS_BYTES: z.coerce.number().int().min(0).max(4_294_967_296).default(KEPT_LISTS_BYTES),
  /** The size of all tasks that are kept in memory for maps; 0 to keep none. */
  KEPT_TASK_SETS_BYTES: z.coerce.number().int().min(0).max(4_294_967_296).default(KEPT_TASK_SETS_BYTES),
  /** The longest duration of a stream; its reader then resumes it. */
  STREAM_MAX_MILLISECONDS: milliseconds.default(1_800_000),
});

/** Reads the environment. Throws a ConfigFault that lists all its faults. */
export function readConfig(env: Record<string, string | undefined> = process.env): TaskConfig {
  return readEnvironment(environment, env);
}
