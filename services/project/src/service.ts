import type { ServiceImpl } from "@connectrpc/connect";
import type { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { getAccess } from "./access/get-access.ts";
import type { Deps } from "./deps.ts";
import { batchGetProjects } from "./projects/batch-get-projects.ts";
import { cloneProject } from "./projects/clone-project.ts";
import { createProject } from "./projects/create-project.ts";
import { deleteProject } from "./projects/delete-project.ts";
import { getProject } from "./projects/get-project.ts";
import { transferProject } from "./projects/transfer-project.ts";
import { updateProject } from "./projects/update-project.ts";
import { listProjects } from "./search/list-projects.ts";

/** Implements tessera.project.v1.ProjectService. */
export function projectService(deps: Deps): ServiceImpl<typeof ProjectService> {
  return {
    createProject: createProject(deps),
    getProject: getProject(deps),
    batchGetProjects: batchGetProjects(deps),
    listProjects: listProjects(deps),
    updateProject: updateProject(deps),
    cloneProject: cloneProject(deps),
    transferProject: transferProject(deps),
    deleteProject: deleteProject(deps),
    getAccess: getAccess(deps),
  };
}
