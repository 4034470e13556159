import { create } from "@bufbuild/protobuf";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import {
  type Access,
  AccessSchema,
  type Decision,
  DecisionSchema,
  ProjectRole,
} from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Permission, type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { isAdministrator, type Viewer } from "./viewer.ts";

/** A project, as far as it says whose it is. */
export type OwnedProject = Pick<Project, "authorUserId" | "organisationId" | "teams">;

/** A project, as far as it says for whom it is there. */
export type SeenProject = OwnedProject & Pick<Project, "status" | "private" | "allowedUserIds">;

/** A project, as far as the rules want to know. */
export type RuledProject = SeenProject &
  Pick<
    Project,
    | "projectId"
    | "mappingPermission"
    | "mappingLevel"
    | "validationPermission"
    | "validationLevel"
    | "licenceId"
    | "lockDuration"
    | "claimOnly"
    | "revision"
  >;

/** The caller, as far as the rules need it; undefined for a caller that did not sign in. */
export type RuledViewer = Viewer | undefined;

/** What a decision is made of. */
interface Facts {
  project: RuledProject;
  viewer: RuledViewer;
  manager: boolean;
  /** Whether the viewer accepted the project's licence. */
  licenceAccepted: boolean;
  /** To whom the work is open, and what is asked of them. */
  permission: Permission;
  role: ProjectRole;
  level: MappingLevel;
}

/** Something that stands against an action. */
interface Obstacle {
  reason: Reason;
  stands: (facts: Facts) => boolean;
  metadata?: (facts: Facts) => Record<string, string>;
}

const projectId = ({ project }: Facts) => ({ project_id: String(project.projectId) });

const SIGN_IN_REQUIRED: Obstacle = {
  reason: Reason.SIGN_IN_REQUIRED,
  stands: ({ viewer }) => viewer === undefined,
};
const PROJECT_NOT_FOUND: Obstacle = {
  reason: Reason.PROJECT_NOT_FOUND,
  stands: ({ project, viewer }) => !isVisible(project, viewer),
  metadata: projectId,
};
const PROJECT_ARCHIVED: Obstacle = {
  reason: Reason.PROJECT_ARCHIVED,
  stands: ({ project }) => project.status === ProjectStatus.ARCHIVED,
  metadata: projectId,
};
const LICENCE_NOT_ACCEPTED: Obstacle = {
  reason: Reason.LICENCE_NOT_ACCEPTED,
  stands: ({ project, licenceAccepted }) => project.licenceId !== undefined && !licenceAccepted,
  metadata: (facts) => ({ ...projectId(facts), licence_id: String(facts.project.licenceId) }),
};
const NOT_IN_TEAM: Obstacle = {
  reason: Reason.NOT_IN_TEAM,
  stands: ({ project, viewer, manager, permission, role }) =>
    !manager && isForTeams(permission) && teamRole(project, viewer) < role,
  metadata: (facts) => ({ ...projectId(facts), role: nameOf(ProjectRole, facts.role) }),
};
const LEVEL_TOO_LOW: Obstacle = {
  reason: Reason.LEVEL_TOO_LOW,
  stands: ({ viewer, manager, permission, level }) =>
    !manager && ASKS_LEVEL.includes(permission) && (viewer?.mappingLevel ?? 0) < level,
  metadata: (facts) => ({
    ...projectId(facts),
    level: nameOf(MappingLevel, facts.viewer?.mappingLevel ?? 0),
    required_level: nameOf(MappingLevel, facts.level),
  }),
};
const NOT_MANAGER: Obstacle = {
  reason: Reason.NOT_MANAGER,
  stands: ({ manager }) => !manager,
  metadata: projectId,
};

const ASKS_TEAM: readonly Permission[] = [Permission.TEAMS, Permission.TEAMS_LEVEL];
const ASKS_LEVEL: readonly Permission[] = [Permission.LEVEL, Permission.TEAMS_LEVEL];

/**
 * What may stand against mapping and validation, in the order in which it is answered. Before all of it, who is blocked is
 * refused with every call, and a draft is not visible but to its managers. The licence binds managers too.
 */
const AGAINST_WORK = [
  SIGN_IN_REQUIRED,
  PROJECT_NOT_FOUND,
  PROJECT_ARCHIVED,
  LICENCE_NOT_ACCEPTED,
  NOT_IN_TEAM,
  LEVEL_TOO_LOW,
];
/** What may stand against management. An archived project is still managed, or nobody could reopen it. */
const AGAINST_MANAGEMENT = [SIGN_IN_REQUIRED, PROJECT_NOT_FOUND, NOT_MANAGER];
/** What keeps somebody from a step of the ladder, whatever the project's status permits at present. */
const AGAINST_ROLE = [SIGN_IN_REQUIRED, PROJECT_NOT_FOUND, NOT_IN_TEAM, LEVEL_TOO_LOW];

/** Whether work is for the members of teams alone. */
export function isForTeams(permission: Permission): boolean {
  return ASKS_TEAM.includes(permission);
}

/** Whether somebody manages a project: an administrator, its author, a manager of its organisation, or by a team. */
export function isManager(project: OwnedProject, viewer: RuledViewer): boolean {
  if (viewer === undefined) return false;
  return (
    isAdministrator(viewer) ||
    viewer.userId === project.authorUserId ||
    managesOrganisation(viewer, project.organisationId) ||
    teamRole(project, viewer) === ProjectRole.MANAGER
  );
}

/** Whether somebody may create a project of an organisation, or, without one, of none. */
export function mayCreate(viewer: RuledViewer, organisationId: number | undefined): boolean {
  return isAdministrator(viewer) || (viewer !== undefined && managesOrganisation(viewer, organisationId));
}

function managesOrganisation(viewer: Viewer, organisationId: number | undefined): boolean {
  return organisationId !== undefined && viewer.managedOrganisationIds.has(organisationId);
}

/**
 * Whether a project is there for somebody: a draft for its managers; a private one for its managers, the members of its teams
 * and its allowed users; any other for everybody. visibleTo in store.ts says the same in SQL.
 */
export function isVisible(project: SeenProject, viewer: RuledViewer): boolean {
  if (isPublic(project) || isManager(project, viewer)) return true;
  if (viewer === undefined || project.status === ProjectStatus.DRAFT) return false;
  return (
    project.allowedUserIds.includes(viewer.userId) || teamRole(project, viewer) > ProjectRole.UNSPECIFIED
  );
}

/** Whether anybody at all may read a project. */
export function isPublic({ status, private: isPrivate }: Pick<Project, "status" | "private">): boolean {
  return !isPrivate && (status === ProjectStatus.PUBLISHED || status === ProjectStatus.ARCHIVED);
}

/** What somebody may do in a project, and if not, the first reason against it. */
export function accessOf(project: RuledProject, viewer: RuledViewer, licenceAccepted: boolean): Access {
  const manager = isManager(project, viewer);
  const mapping = {
    project,
    viewer,
    manager,
    licenceAccepted,
    permission: project.mappingPermission,
    role: ProjectRole.MAPPER,
    level: project.mappingLevel,
  };
  const validation = {
    ...mapping,
    permission: project.validationPermission,
    role: ProjectRole.VALIDATOR,
    level: project.validationLevel,
  };
  return create(AccessSchema, {
    projectId: project.projectId,
    ...(viewer && seenViewer(viewer)),
    role: roleOf(mapping, validation),
    mapping: decide(AGAINST_WORK, mapping),
    validation: decide(AGAINST_WORK, validation),
    management: decide(AGAINST_MANAGEMENT, mapping),
    ...(project.lockDuration && { lockDuration: project.lockDuration }),
    claimOnly: project.claimOnly,
    revision: project.revision,
  });
}

function seenViewer({ userId, userRevision, membershipVersion }: Viewer) {
  return { userId, userRevision, membershipVersion };
}

/** The highest step that is the viewer's with all those below it. */
function roleOf(mapping: Facts, validation: Facts): ProjectRole {
  if (mapping.manager) return ProjectRole.MANAGER;
  if (firstOf(AGAINST_ROLE, mapping)) return ProjectRole.VIEWER;
  return firstOf(AGAINST_ROLE, validation) ? ProjectRole.MAPPER : ProjectRole.VALIDATOR;
}

/** The highest role that a team gives somebody in a project; UNSPECIFIED for none. */
function teamRole({ teams }: Pick<Project, "teams">, viewer: RuledViewer): ProjectRole {
  const roles: ProjectRole[] = teams
    .filter(({ teamId }) => viewer?.teams.has(teamId))
    .map(({ role }) => role);
  return roles.reduce((highest, role) => (role > highest ? role : highest), ProjectRole.UNSPECIFIED);
}

function decide(obstacles: readonly Obstacle[], facts: Facts): Decision {
  const first = firstOf(obstacles, facts);
  if (first === undefined) return create(DecisionSchema, { permitted: true });
  return create(DecisionSchema, { reason: first.reason, metadata: first.metadata?.(facts) ?? {} });
}

function firstOf(obstacles: readonly Obstacle[], facts: Facts): Obstacle | undefined {
  return obstacles.find(({ stands }) => stands(facts));
}

function nameOf(names: Record<string, string | number>, number: number): string {
  return Object.entries(names).find(([, value]) => value === number)?.[0] ?? String(number);
}
