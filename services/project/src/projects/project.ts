import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { isForTeams } from "../access/access.ts";
import { nobodyPermitted, projectChanged, statusNotReachable } from "../refusals.ts";
import { clashesIn } from "./setting-faults.ts";
import type { Settings } from "./settings.ts";

/** Where a project goes from each status. To stay where it is takes no step. */
const NEXT: Partial<Record<ProjectStatus, readonly ProjectStatus[]>> = {
  [ProjectStatus.DRAFT]: [ProjectStatus.PUBLISHED],
  [ProjectStatus.PUBLISHED]: [ProjectStatus.ARCHIVED, ProjectStatus.DRAFT],
  [ProjectStatus.ARCHIVED]: [ProjectStatus.PUBLISHED],
};

/** What decides whether a project can be changed. */
type Changeable = Pick<Settings, "defaultLanguage" | "translations"> & Opening & Pick<Project, "revision">;

/** What decides to whom the work in a project is open. */
type Opening = Pick<Settings, "status" | "teams" | "mappingPermission" | "validationPermission">;

/** A kind of work, and the least role of a team whose members may do it. */
export type TeamWork = (typeof TEAM_WORK)[number];

const TEAM_WORK = [
  { field: "mapping_permission", permission: "mappingPermission", role: ProjectRole.MAPPER },
  { field: "validation_permission", permission: "validationPermission", role: ProjectRole.VALIDATOR },
] as const;

/**
 * Changes a project's settings. Refuses in this order: PROJECT_CHANGED, STATUS_NOT_REACHABLE, FIELD_INVALID for what does
 * not go with what stays, NOBODY_PERMITTED.
 */
export function change<P extends Changeable>(
  project: P,
  patch: Partial<Settings>,
  expectedRevision: bigint,
): P {
  if (project.revision !== expectedRevision) throw projectChanged(expectedRevision, project.revision);
  const { status: from } = project;
  const { status: to = from } = patch;
  if (to !== from && !NEXT[from]?.includes(to)) throw statusNotReachable(from, to);
  const changed = { ...project, ...patch };
  const clashes = clashesIn(changed);
  if (clashes.length > 0) throw fieldInvalid(clashes);
  const closed = newlyClosed(project, changed);
  if (closed.length > 0) throw nobodyPermitted(closed);
  return changed;
}

/**
 * The kinds of work that a change closes to all but managers: published for teams, of which none has the role. What was so
 * before does not count: the last team may have been deleted, and the rest can still be changed.
 */
export function newlyClosed(before: Opening, after: Opening): TeamWork[] {
  const wasClosed = closedWork(before);
  return closedWork(after).filter((it) => !wasClosed.includes(it));
}

/** The kinds of work of a published project that are for its teams, of which none has the role. */
function closedWork({ status, teams, ...permissions }: Opening): TeamWork[] {
  if (status !== ProjectStatus.PUBLISHED) return [];
  return TEAM_WORK.filter(
    ({ permission, role }) =>
      isForTeams(permissions[permission]) && !teams.some(({ role: given }) => given >= role),
  );
}
