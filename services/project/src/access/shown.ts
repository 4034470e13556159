import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { isManager, type RuledViewer } from "./access.ts";

/** A project as its reader may see it: its allowed users and the teams of others are for its managers. */
export function shownTo(project: Project, viewer: RuledViewer): Project {
  if (isManager(project, viewer)) return project;
  const teams = project.teams.filter(({ teamId }) => viewer?.teams.has(teamId));
  return { ...project, allowedUserIds: [], teams };
}
