import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import {
  Permission,
  type Project,
  ProjectSchema,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { FieldViolation } from "@tessera/rpc/refusal.ts";
import { fieldInvalid } from "@tessera/rpc/validation.ts";
import { projectChanged, statusNotReachable } from "./refusals.ts";

/** What a field is where nothing is asked for; its keys are all that a caller may set and change. */
const DEFAULTS = {
  name: "",
  description: "",
  instructions: "",
  status: ProjectStatus.DRAFT as ProjectStatus,
  mappingPermission: Permission.ANY as Permission,
  mappingLevel: MappingLevel.INTERMEDIATE as MappingLevel,
  validationPermission: Permission.LEVEL as Permission,
  validationLevel: MappingLevel.INTERMEDIATE as MappingLevel,
  lockSeconds: 7_200,
};

/** The fields that a caller may set and change. */
export type Settings = Pick<Project, keyof typeof DEFAULTS>;

/** What the service sets by itself. */
const OUTPUT_ONLY = [
  "project_id",
  "bounding_box",
  "area_square_kilometres",
  "author_user_id",
  "create_time",
  "update_time",
  "revision",
];

/** Where a project goes from each status. To stay where it is takes no step. */
const NEXT: Partial<Record<ProjectStatus, readonly ProjectStatus[]>> = {
  [ProjectStatus.DRAFT]: [ProjectStatus.PUBLISHED],
  [ProjectStatus.PUBLISHED]: [ProjectStatus.ARCHIVED, ProjectStatus.DRAFT],
  [ProjectStatus.ARCHIVED]: [ProjectStatus.PUBLISHED],
};

/** Reads what is to be created. Refuses FIELD_INVALID with everything that is wrong. */
export function newSettings(project: Project): Settings {
  const settings = withDefaults(project, Object.keys(DEFAULTS) as (keyof Settings)[]) as Settings;
  const violations = [
    ...OUTPUT_ONLY.filter((name) => isSet(project, name)).map((name) =>
      violation(name, "is set by the service", "output_only"),
    ),
    ...faultsIn(settings),
    ...(project.area === undefined ? [violation("area", "value is required", "required")] : []),
    ...(settings.status === ProjectStatus.DRAFT
      ? []
      : [violation("status", "a new project is a draft", "status.new")]),
  ];
  if (violations.length > 0) throw fieldInvalid(violations);
  return settings;
}

/**
 * Reads what is to be changed: the fields that `paths` name, in the words of the contract. One that is unset goes back to
 * its default. Refuses FIELD_INVALID with everything that is wrong.
 */
export function readPatch(project: Project, paths: readonly string[]): Partial<Settings> {
  const named = paths.map((path) => ({ path, field: ProjectSchema.fields.find((it) => it.name === path) }));
  const unknown = named.filter(({ field }) => field === undefined || !(field.localName in DEFAULTS));
  const known = named.flatMap(({ field }) => field?.localName ?? []) as (keyof Settings)[];
  const patch = withDefaults(project, known);
  const violations = [
    ...unknown.map(({ path }) => ({
      field: "update_mask",
      description: `${path.slice(0, 100)} is not a field that can be changed`,
      rule: "field_mask.in",
    })),
    ...faultsIn(patch),
  ];
  if (violations.length > 0) throw fieldInvalid(violations);
  return patch;
}

/** Changes a project's settings. Refuses in this order: PROJECT_CHANGED, STATUS_NOT_REACHABLE. */
export function change(
  project: Settings & Pick<Project, "revision">,
  patch: Partial<Settings>,
  expectedRevision: bigint,
): Settings {
  if (project.revision !== expectedRevision) throw projectChanged(expectedRevision, project.revision);
  const { status: from } = project;
  const { status: to = from } = patch;
  if (to !== from && !NEXT[from]?.includes(to)) throw statusNotReachable(from, to);
  return { ...project, ...patch };
}

function withDefaults(project: Project, names: readonly (keyof Settings)[]): Partial<Settings> {
  return Object.fromEntries(names.map((name) => [name, project[name] || DEFAULTS[name]]));
}

function faultsIn({ name, description, instructions }: Partial<Settings>): FieldViolation[] {
  const violations: FieldViolation[] = [];
  if (name !== undefined) {
    if (name === "") violations.push(violation("name", "value is required", "required"));
    else if (name.trim() === "") violations.push(violation("name", "has nothing but spaces", "name.blank"));
    if (name.normalize("NFC") !== name)
      violations.push(violation("name", "is not in the normal form NFC", "name.nfc"));
  }
  for (const [field, text] of Object.entries({ description, instructions })) {
    if (text?.includes("\0")) violations.push(violation(field, "has a NUL character", "text.nul"));
  }
  return violations;
}

function violation(field: string, description: string, rule: string): FieldViolation {
  return { field: `project.${field}`, description, rule };
}

function isSet(project: Project, name: string): boolean {
  const field = ProjectSchema.fields.find((it) => it.name === name);
  const value = project[field?.localName as keyof Project];
  return value !== undefined && value !== 0 && value !== 0n;
}
