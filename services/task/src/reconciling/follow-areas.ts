import { randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import type { Trust } from "@tessera/identity/trust.ts";
import { connect } from "@tessera/rpc/connect.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { TaskConfig } from "../config.ts";
import type { Deps } from "../deps.ts";
import { areaFollower } from "./area-follower.ts";

/** Follows the areas of projects, where this service has an account of its own. */
export function followAreas(
  config: TaskConfig,
  trust: Pick<Trust, "own">,
  { store, operations }: Pick<Deps, "store" | "operations">,
  log: Log,
): { stop(): Promise<void> } {
  if (trust.own === undefined) return { stop: async () => {} };
  // Its own connection: what it sends is its own token, which nobody has to exchange.
  const connection = connect(config.PROJECT_ADDRESS, trust.own.options);
  const follower = areaFollower({
    store,
    operations,
    events: createClient(ProjectEventService, connection),
    projects: createClient(ProjectService, connection),
    headers: trust.own.headers,
    holder: randomUUID(),
    log,
  });
  return {
    stop: async () => {
      await follower.stop();
      connection.close();
    },
  };
}
