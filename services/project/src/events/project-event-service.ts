import type { ServiceImpl } from "@connectrpc/connect";
import type { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import type { Deps } from "../deps.ts";
import { listProjectEvents } from "./list-project-events.ts";
import { watchProjects } from "./watch-projects.ts";

/** Implements tessera.project.v1.ProjectEventService. */
export function projectEventService(deps: Deps): ServiceImpl<typeof ProjectEventService> {
  return {
    watchProjects: watchProjects(deps),
    listProjectEvents: listProjectEvents(deps),
  };
}
