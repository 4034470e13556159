import type { HandlerContext, MethodImpl } from "@connectrpc/connect";
import type { TeamProfile } from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import type { ExchangeService } from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Deps } from "../deps.ts";
import { sight } from "../events/sight.ts";
import { projectNotFound } from "../refusals.ts";
import { portable, teamProfile } from "./imported-document.ts";

/** The most teams in one call. */
const TEAMS_AT_ONCE = 10;

/** Implements tessera.project.v1.ExchangeService.ExportProject. */
export function exportProject(deps: Deps): MethodImpl<typeof ExchangeService.method.exportProject> {
  const { store, names } = deps;
  return async ({ projectId }, context) => {
    const { visible, managed } = await sight(deps, projectId, context);
    const project = visible ? await store.projects.find(projectId) : undefined;
    if (project === undefined) throw projectNotFound(projectId);
    const { organisationId, licenceId } = project;
    const [organisationName, licence] = await Promise.all([
      organisationId === undefined ? undefined : names.ofOrganisation(organisationId, context),
      licenceId === undefined ? undefined : store.licences.find(licenceId),
    ]);
    const teams = managed ? await teamsOf(deps, project, context) : [];
    return {
      profile: {
        project: portable(project),
        ...(organisationName !== undefined && { organisationName }),
        ...(licence !== undefined && { licenceName: licence.name }),
        teams,
      },
    };
  };
}

/** The project's teams that the caller may know of. */
async function teamsOf({ names }: Deps, { teams }: Project, context: HandlerContext): Promise<TeamProfile[]> {
  const found: TeamProfile[] = [];
  for (let from = 0; from < teams.length; from += TEAMS_AT_ONCE) {
    const some = teams.slice(from, from + TEAMS_AT_ONCE);
    const called = await Promise.all(some.map(({ teamId }) => names.ofTeam(teamId, context)));
    for (const [index, name] of called.entries()) {
      const role = some[index]?.role;
      if (name !== undefined && role !== undefined) found.push(teamProfile(name, role));
    }
  }
  return found;
}
