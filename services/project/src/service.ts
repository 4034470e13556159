import type { ServiceImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { createProject } from "./create-project.ts";
import type { Deps } from "./deps.ts";
import { getAccess } from "./get-access.ts";
import { getProject } from "./get-project.ts";
import { listProjects } from "./list-projects.ts";
import { updateProject } from "./update-project.ts";

/** Implements tessera.project.v1.ProjectService. */
export function projectService(deps: Deps): ServiceImpl<typeof ProjectService> {
  return {
    createProject: createProject(deps),
    getProject: getProject(deps),
    listProjects: listProjects(deps),
    updateProject: updateProject(deps),
    getAccess: getAccess(deps),
  };
}
