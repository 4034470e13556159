import { type Project, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { projectChanged, statusNotReachable } from "../refusals.ts";
import { clashesIn } from "./setting-faults.ts";
import type { Settings } from "./settings.ts";

/** Where a project goes from each status. To stay where it is takes no step. */
const NEXT: Partial<Record<ProjectStatus, readonly ProjectStatus[]>> = {
  [ProjectStatus.DRAFT]: [ProjectStatus.PUBLISHED],
  [ProjectStatus.PUBLISHED]: [ProjectStatus.ARCHIVED, ProjectStatus.DRAFT],
  [ProjectStatus.ARCHIVED]: [ProjectStatus.PUBLISHED],
};

/** What decides whether a project can be changed. */
type Changeable = Pick<Settings, "status" | "defaultLanguage" | "translations"> & Pick<Project, "revision">;

/**
 * Changes a project's settings. Refuses in this order: PROJECT_CHANGED, STATUS_NOT_REACHABLE, FIELD_INVALID for what does
 * not go with what stays.
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
  return changed;
}
