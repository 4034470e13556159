import { create } from "@bufbuild/protobuf";
import { MappingLevel, SystemRole, type User } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import {
  type Access,
  AccessSchema,
  type Decision,
  DecisionSchema,
  ProjectRole,
} from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Permission, type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Reason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";

/** Who asks, as far as the rules want to know; undefined for somebody who did not sign in. */
export type Viewer = Pick<User, "userId" | "systemRole" | "mappingLevel"> | undefined;

/** A project, as far as the rules want to know. */
export type RuledProject = Pick<
  Project,
  | "projectId"
  | "status"
  | "authorUserId"
  | "mappingPermission"
  | "mappingLevel"
  | "validationPermission"
  | "validationLevel"
  | "lockSeconds"
  | "revision"
>;

/** What a decision is made of. */
interface Facts {
  project: RuledProject;
  viewer: Viewer;
  manager: boolean;
  /** Whether a level is asked for, and which. */
  permission: Permission;
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
  stands: ({ project, manager }) => project.status === ProjectStatus.DRAFT && !manager,
  metadata: projectId,
};
const PROJECT_ARCHIVED: Obstacle = {
  reason: Reason.PROJECT_ARCHIVED,
  stands: ({ project }) => project.status === ProjectStatus.ARCHIVED,
  metadata: projectId,
};
const LEVEL_TOO_LOW: Obstacle = {
  reason: Reason.LEVEL_TOO_LOW,
  stands: ({ viewer, manager, permission, level }) =>
    !manager && permission !== Permission.ANY && (viewer?.mappingLevel ?? 0) < level,
  metadata: (facts) => ({
    ...projectId(facts),
    level: nameOf(facts.viewer?.mappingLevel ?? 0),
    required_level: nameOf(facts.level),
  }),
};
const NOT_MANAGER: Obstacle = {
  reason: Reason.NOT_MANAGER,
  stands: ({ manager }) => !manager,
  metadata: projectId,
};

/** What may stand against mapping and validation, in the order in which it is answered. */
const AGAINST_WORK = [SIGN_IN_REQUIRED, PROJECT_NOT_FOUND, PROJECT_ARCHIVED, LEVEL_TOO_LOW];
/** What may stand against management. An archived project is still managed, or nobody could reopen it. */
const AGAINST_MANAGEMENT = [SIGN_IN_REQUIRED, PROJECT_NOT_FOUND, NOT_MANAGER];

/** Whether somebody manages a project: an administrator, or its author. */
export function isManager(project: Pick<Project, "authorUserId">, viewer: Viewer): boolean {
  return viewer !== undefined && (isAdministrator(viewer) || viewer.userId === project.authorUserId);
}

/** Whether somebody may do everything, in every project. */
export function isAdministrator({ systemRole }: Pick<User, "systemRole">): boolean {
  return systemRole === SystemRole.ADMINISTRATOR;
}

/** Whether anybody at all may read a project. The others are for their managers alone. */
export function isPublic({ status }: Pick<Project, "status">): boolean {
  return status === ProjectStatus.PUBLISHED || status === ProjectStatus.ARCHIVED;
}

/** What somebody may do in a project, and if not, the first reason against it. */
export function accessOf(project: RuledProject, viewer: Viewer): Access {
  const manager = isManager(project, viewer);
  const mappingFacts = {
    project,
    viewer,
    manager,
    permission: project.mappingPermission,
    level: project.mappingLevel,
  };
  const validationFacts = {
    ...mappingFacts,
    permission: project.validationPermission,
    level: project.validationLevel,
  };
  return create(AccessSchema, {
    projectId: project.projectId,
    userId: viewer?.userId ?? 0n,
    role: roleOf(mappingFacts, validationFacts),
    mapping: decide(AGAINST_WORK, mappingFacts),
    validation: decide(AGAINST_WORK, validationFacts),
    management: decide(AGAINST_MANAGEMENT, mappingFacts),
    lockSeconds: project.lockSeconds,
    revision: project.revision,
  });
}

/** The highest step that is the viewer's with all those below it, whatever the project's status permits at present. */
function roleOf(mapping: Facts, validation: Facts): ProjectRole {
  if (mapping.manager) return ProjectRole.MANAGER;
  if (mapping.viewer === undefined || LEVEL_TOO_LOW.stands(mapping)) return ProjectRole.VIEWER;
  return LEVEL_TOO_LOW.stands(validation) ? ProjectRole.MAPPER : ProjectRole.VALIDATOR;
}

function decide(obstacles: readonly Obstacle[], facts: Facts): Decision {
  const first = obstacles.find(({ stands }) => stands(facts));
  if (first === undefined) return create(DecisionSchema, { permitted: true });
  return create(DecisionSchema, { reason: first.reason, metadata: first.metadata?.(facts) ?? {} });
}

function nameOf(level: MappingLevel): string {
  return Object.entries(MappingLevel).find(([, value]) => value === level)?.[0] ?? String(level);
}
