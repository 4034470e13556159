import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { PageFault } from "../../visits/page-fault.ts";
import type { Visit } from "../../visits/visit.ts";
import type { SettingsView } from "./setting.ts";
import { SETTING_TEXTS } from "./setting-texts.ts";

const LIST_MAX = 100;

/** Reads a project for those who run it. Refuses everybody else. */
export async function managedProject({ ask, params }: Visit): Promise<Project> {
  const projectId = Number(params.project_id);
  const [{ project }, { access }] = await Promise.all([
    ask(ProjectService.method.getProject, { projectId }),
    ask(ProjectService.method.getAccess, { projectId }),
  ]);
  if (project === undefined || !access?.management?.permitted) throw new PageFault(403);
  return project;
}

/** Reads what the settings of a project are shown with. */
export async function settingsView(visit: Visit, project: Project): Promise<SettingsView> {
  const { ask, language } = visit;
  const userIds = project.allowedUserIds.slice(0, LIST_MAX);
  const [{ licences }, { teams }, people] = await Promise.all([
    ask(LicenceService.method.listLicences, { pageSize: LIST_MAX }),
    ask(TeamService.method.listTeams, { pageSize: LIST_MAX }),
    userIds.length === 0 ? undefined : ask(UserService.method.batchGetUsers, { userIds }),
  ]);
  const names = new Map(people?.users.map(({ userId, name }) => [userId, name]));
  return {
    visit,
    project,
    licences,
    teams,
    nameOf: (userId) => names.get(userId) ?? SETTING_TEXTS(language).person(String(userId)),
  };
}
