import { createClient } from "@connectrpc/connect";
import { TaskEventService } from "@tessera/contracts/tessera/task/v1/task_event_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { tlsOf } from "@tessera/rpc/tls.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { AuthConfig } from "../config.ts";
import type { Deps } from "../deps.ts";
import { workFollower } from "./work-follower.ts";

/** Follows the work that levels are raised for, where the task service's address is known. */
export function followWork(
  config: AuthConfig,
  { store, newId, serviceHeaders }: Pick<Deps, "store" | "newId" | "serviceHeaders">,
  log: Log,
): { stop(): Promise<void> } {
  if (config.TASK_ADDRESS === undefined) return { stop: async () => {} };
  const connection = connect(config.TASK_ADDRESS, {
    tls: tlsOf(config),
    onBehalf: async (given, refused) =>
      refused === undefined ? given : ((await serviceHeaders(refused)).authorization ?? given),
  });
  const follower = workFollower({
    store,
    tasks: createClient(TaskEventService, connection),
    headers: serviceHeaders,
    thresholds: {
      intermediateTasks: config.LEVEL_INTERMEDIATE_TASKS,
      advancedTasks: config.LEVEL_ADVANCED_TASKS,
    },
    holder: newId(),
    log,
  });
  return {
    stop: async () => {
      await follower.stop();
      connection.close();
    },
  };
}
