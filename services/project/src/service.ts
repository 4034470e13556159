import type { ServiceImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { cloneProject } from "./clone-project.ts";
import { createProject } from "./create-project.ts";
import { deleteProject } from "./delete-project.ts";
import type { Deps } from "./deps.ts";
import { getAccess } from "./get-access.ts";
import { getProject } from "./get-project.ts";
import { listProjects } from "./list-projects.ts";
import { transferProject } from "./transfer-project.ts";
import { updateProject } from "./update-project.ts";

/** Implements tessera.project.v1.ProjectService. */
export function projectService(deps: Deps): ServiceImpl<typeof ProjectService> {
  return {
    createProject: createProject(deps),
    getProject: getProject(deps),
    listProjects: listProjects(deps),
    updateProject: updateProject(deps),
    cloneProject: cloneProject(deps),
    transferProject: transferProject(deps),
    deleteProject: deleteProject(deps),
    getAccess: getAccess(deps),
  };
}
