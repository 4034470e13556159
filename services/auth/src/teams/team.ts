import {
  JoinMethod,
  MemberFunction,
  type Team,
  type TeamPurpose,
  TeamSchema,
  TeamVisibility,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { referring } from "@tessera/rpc/reference.ts";
import { fieldInvalid, required } from "@tessera/rpc/validation/validation.ts";
import { type KnownOrganisation, managedOrganisation } from "../organisations/organisation.ts";
import { notOrganisationManager, organisationNotFound } from "../organisations/refusals.ts";
import { namedSettings, newSettings } from "../settings.ts";
import { admissible, type Candidate } from "../users/candidate.ts";
import { notTeamManager, teamChanged, teamLimitReached, teamNameTaken, teamNotFound } from "./refusals.ts";

/** The most teams of an organisation. */
export const ORGANISATION_TEAMS_MAX = 1_000;

const DEFAULTS = {
  organisationId: 0,
  name: "",
  description: "",
  visibility: TeamVisibility.PUBLIC as TeamVisibility,
  joinMethod: JoinMethod.BY_INVITE as JoinMethod,
  purposes: [] as TeamPurpose[],
};
const { organisationId: _, ...CHANGEABLE } = DEFAULTS;

/** What a caller may set of a team; all but the organisation may be changed. */
export type TeamSettings = Pick<Team, keyof typeof DEFAULTS>;

/** What somebody is to a team. */
export interface Standing {
  administrator: boolean;
  organisationManager: boolean;
  /** UNSPECIFIED for who is not in the team. */
  function: MemberFunction;
}

/** A team, and what the caller is to it. */
export interface KnownTeam {
  team: Team;
  standing: Standing;
}

/** Whether somebody manages a team's organisation, or everything. */
export function managesOrganisation({ administrator, organisationManager }: Standing): boolean {
  return administrator || organisationManager;
}

/** Whether somebody manages a team. */
export function managesTeam(standing: Standing): boolean {
  return managesOrganisation(standing) || standing.function === MemberFunction.MANAGER;
}

/** The team, if there is one that the caller may know of. Refuses TEAM_NOT_FOUND. */
export function known(found: KnownTeam | undefined, teamId: number): KnownTeam {
  if (found === undefined || !mayKnow(found)) throw teamNotFound(teamId);
  return found;
}

/** The team, if the caller manages it. Refuses in this order: TEAM_NOT_FOUND, NOT_TEAM_MANAGER. */
export function managed(found: KnownTeam | undefined, teamId: number): KnownTeam {
  const it = known(found, teamId);
  if (!managesTeam(it.standing)) throw notTeamManager(teamId);
  return it;
}

/** The team, if the caller manages its organisation. Refuses in this order: TEAM_NOT_FOUND, NOT_ORGANISATION_MANAGER. */
export function managedFromAbove(found: KnownTeam | undefined, teamId: number): KnownTeam {
  const it = known(found, teamId);
  if (!managesOrganisation(it.standing)) throw notOrganisationManager(it.team.organisationId);
  return it;
}

/** Reads what is to be created. Refuses FIELD_INVALID with everything that is wrong. */
export function newTeam(team: Team): TeamSettings {
  const { settings, faults } = newSettings(TeamSchema, team, "team", DEFAULTS);
  if (settings.name === "") faults.push(required("team.name"));
  if (settings.organisationId < 1) faults.push(required("team.organisation_id"));
  if (faults.length > 0) throw fieldInvalid(faults);
  return settings;
}

/** Reads what is to be changed. Refuses FIELD_INVALID with everything that is wrong. */
export function readTeamPatch(team: Team, paths: readonly string[]): Partial<TeamSettings> {
  const { settings, faults } = namedSettings(TeamSchema, team, paths, CHANGEABLE);
  if (settings.name === "") faults.push(required("team.name"));
  if (faults.length > 0) throw fieldInvalid(faults);
  return settings;
}

/**
 * Changes a team. Refuses in this order: TEAM_NOT_FOUND, NOT_TEAM_MANAGER, NOT_ORGANISATION_MANAGER for another name,
 * TEAM_CHANGED.
 */
export function changeTeam(
  found: KnownTeam | undefined,
  teamId: number,
  patch: Partial<TeamSettings>,
  expectedRevision: bigint,
): KnownTeam & { settings: TeamSettings } {
  const it = managed(found, teamId);
  if (patch.name !== undefined) managedFromAbove(it, teamId);
  const { revision } = it.team;
  if (revision !== expectedRevision) throw teamChanged(expectedRevision, revision);
  return { ...it, settings: { ...it.team, ...patch } };
}

/**
 * Whether a team may be made by its founder, in an organisation that has these teams. Refuses in this order:
 * ORGANISATION_NOT_FOUND, NOT_ORGANISATION_MANAGER, USER_NOT_ADMISSIBLE, TEAM_NAME_TAKEN, TEAM_LIMIT_REACHED.
 */
export function mayCreateTeam(
  { name, organisationId }: TeamSettings,
  organisation: KnownOrganisation | undefined,
  founder: Candidate,
  existing: { teams: number; taken: boolean },
): void {
  if (organisation === undefined)
    throw referring(organisationNotFound(organisationId), "team.organisation_id");
  managedOrganisation(organisation, organisationId);
  admissible(founder);
  leaveTeamRoom(name, existing);
}

/** Refuses in this order: TEAM_NAME_TAKEN, TEAM_LIMIT_REACHED. */
function leaveTeamRoom(name: string, others: { taken: boolean; teams: number }): void {
  if (others.taken) throw teamNameTaken(name);
  if (others.teams >= ORGANISATION_TEAMS_MAX) throw teamLimitReached(ORGANISATION_TEAMS_MAX);
}

function mayKnow({ team, standing }: KnownTeam): boolean {
  const isIn = standing.function !== MemberFunction.UNSPECIFIED;
  return team.visibility === TeamVisibility.PUBLIC || isIn || managesOrganisation(standing);
}
