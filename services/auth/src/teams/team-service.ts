import type { ServiceImpl } from "@connectrpc/connect";
import type { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import type { Deps } from "../deps.ts";
import { batchGetTeams } from "./batch-get-teams.ts";
import { createTeam } from "./create-team.ts";
import { deleteTeam } from "./delete-team.ts";
import { getTeam } from "./get-team.ts";
import { getTeamMember } from "./get-team-member.ts";
import { listTeamMembers } from "./list-team-members.ts";
import { listTeams } from "./list-teams.ts";
import { removeTeamMember } from "./remove-team-member.ts";
import { setTeamMember } from "./set-team-member.ts";
import { updateTeam } from "./update-team.ts";

/** Implements tessera.auth.v1.TeamService. */
export function teamService(deps: Deps): ServiceImpl<typeof TeamService> {
  return {
    createTeam: createTeam(deps),
    getTeam: getTeam(deps),
    batchGetTeams: batchGetTeams(deps),
    listTeams: listTeams(deps),
    updateTeam: updateTeam(deps),
    deleteTeam: deleteTeam(deps),
    setTeamMember: setTeamMember(deps),
    getTeamMember: getTeamMember(deps),
    listTeamMembers: listTeamMembers(deps),
    removeTeamMember: removeTeamMember(deps),
  };
}
