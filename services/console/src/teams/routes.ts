import type { Routes } from "../visits/routes.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { createInvitation } from "./create-invitation.ts";
import { createJoinRequest } from "./create-join-request.ts";
import { createTeam } from "./create-team.ts";
import { decideJoinRequest } from "./decide-join-request.ts";
import { declineInvitation } from "./decline-invitation.ts";
import { deleteTeam } from "./delete-team.ts";
import {
  showInvitation,
  showInvitationLink,
  showInvitations,
  showRefusedAcceptance,
} from "./invitation-pages.ts";
import { showJoinRequest } from "./join-request-page.ts";
import { removeTeamMember } from "./remove-team-member.ts";
import { addTeamMember, setTeamMember } from "./set-team-member.ts";
import { showTeams } from "./team-list-page.ts";
import { showTeam } from "./team-page.ts";
import { updateTeam } from "./update-team.ts";
import { withdrawInvitation } from "./withdraw-invitation.ts";
import { withdrawJoinRequest } from "./withdraw-join-request.ts";

const TEAM = "/v1/teams/:team_id{[1-9][0-9]{0,8}}";
const MEMBER = `${TEAM}/members/:user_id{[1-9][0-9]{0,17}}`;
const REQUEST = `${TEAM}/join-requests/:join_request_id{[1-9][0-9]{0,17}}`;
const INVITATION = "/v1/invitations/:invitation_id{[1-9][0-9]{0,17}}";

/** Teams, their members, and how people come in and leave. */
export const TEAMS: Routes = {
  pages: [
    { path: "/v1/teams", show: showTeams },
    { path: TEAM, show: showTeam },
    { path: REQUEST, show: showJoinRequest },
    { path: "/v1/invitations", show: showInvitations },
    { path: INVITATION, show: showInvitation },
    { path: "/console/invitation", show: showInvitationLink },
  ],
  acts: [
    { method: "POST", path: "/v1/teams", act: createTeam, page: showTeams },
    { method: "PATCH", path: TEAM, act: updateTeam, page: showTeam },
    { method: "DELETE", path: TEAM, act: deleteTeam, page: showTeam },
    { method: "POST", path: `${TEAM}/members`, act: addTeamMember, page: showTeam },
    { method: "PUT", path: MEMBER, act: setTeamMember, page: showTeam },
    { method: "DELETE", path: MEMBER, act: removeTeamMember, page: showTeam },
    { method: "POST", path: `${TEAM}/join-requests`, act: createJoinRequest, page: showTeam },
    { method: "PUT", path: `${REQUEST}/decision`, act: decideJoinRequest, page: showTeam },
    { method: "DELETE", path: REQUEST, act: withdrawJoinRequest, page: showJoinRequest },
    { method: "POST", path: `${TEAM}/invitations`, act: createInvitation, page: showTeam },
    { method: "DELETE", path: INVITATION, act: withdrawInvitation, page: showInvitation },
    { method: "PUT", path: `${INVITATION}/decline`, act: declineInvitation, page: showInvitation },
    { method: "POST", path: "/v1/memberships", act: acceptInvitation, page: showRefusedAcceptance },
  ],
};
