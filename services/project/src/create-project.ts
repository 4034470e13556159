import type { MethodImpl } from "@connectrpc/connect";
import type { User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import {
  CreateProjectResponseSchema,
  ProjectService,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { acknowledgement, replay, requestKey, untilWritten } from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isAdministrator } from "./access.ts";
import type { Deps } from "./deps.ts";
import { newSettings } from "./project.ts";
import { creationNotPermitted } from "./refusals.ts";
import { type Survey, surveyArea } from "./survey-area.ts";

/** Implements tessera.project.v1.ProjectService.CreateProject. */
export function createProject(deps: Deps): MethodImpl<typeof ProjectService.method.createProject> {
  const { store, currentUser, areaLimits } = deps;
  return (request, context) => {
    // The contract requires a project, and newSettings an area.
    const project = request.project as Project;
    const settings = newSettings(project);
    const area = project.area as MultiPolygon;
    const { userId } = callerOf(context);
    const key = requestKey(ProjectService.method.createProject, request, {
      projectId: 0,
      caller: String(userId),
    });
    let user: User | undefined;
    let survey: Survey | undefined;
    return untilWritten(async () => {
      const remembered = await store.recall(key);
      if (remembered) return replay(CreateProjectResponseSchema, key, remembered);
      user ??= await currentUser(context);
      if (!isAdministrator(user)) throw creationNotPermitted();
      survey ??= await surveyArea(area, areaLimits, context.signal);
      const created = await store.projects.add(key, { settings, area, survey, authorUserId: userId });
      return created && { acknowledgement: acknowledgement(key, created) };
    });
  };
}
