import type { ServiceImpl } from "@connectrpc/connect";
import type { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import type { Deps } from "../deps.ts";
import { listProjectEvents } from "./list-project-events.ts";
import { watchProjectEvents } from "./watch-project-events.ts";

/** Implements tessera.project.v1.ProjectEventService. */
export function projectEventService(deps: Deps): ServiceImpl<typeof ProjectEventService> {
  return {
    watchProjectEvents: watchProjectEvents(deps),
    listProjectEvents: listProjectEvents(deps),
  };
}
