import type { DescField } from "@bufbuild/protobuf";
import { isFieldSet } from "@bufbuild/protobuf";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import { durationOf, secondsOf } from "@tessera/contracts/duration.ts";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type MappingType,
  Permission,
  type Project,
  ProjectDifficulty,
  ProjectPriority,
  ProjectSchema,
  ProjectStatus,
  type ProjectTeam,
  type ProjectText,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { fieldInvalid } from "@tessera/rpc/validation/validation.ts";
import { clashesIn, faultsIn, violation } from "./setting-faults.ts";

/** What a field is where nothing is asked for; its keys are all that a caller may set. */
const DEFAULTS = {
  name: "",
  description: "",
  instructions: "",
  status: ProjectStatus.DRAFT as ProjectStatus,
  mappingPermission: Permission.ANY as Permission,
  mappingLevel: MappingLevel.INTERMEDIATE as MappingLevel,
  validationPermission: Permission.LEVEL as Permission,
  validationLevel: MappingLevel.INTERMEDIATE as MappingLevel,
  lockDuration: durationOf(7_200) as Duration | undefined,
  shortDescription: "",
  taskInstructions: "",
  defaultLanguage: "en",
  translations: [] as ProjectText[],
  priority: ProjectPriority.MEDIUM as ProjectPriority,
  difficulty: ProjectDifficulty.EASY as ProjectDifficulty,
  mappingTypes: [] as MappingType[],
  imagery: "",
  changesetComment: "",
  hashtags: [] as string[],
  /** 0 for none, as in the column. */
  licenceId: 0,
  campaigns: [] as string[],
  interests: [] as string[],
  dueTime: undefined as Timestamp | undefined,
  /** 0 for none, as in the column. */
  organisationId: 0,
  private: false,
  allowedUserIds: [] as bigint[],
  teams: [] as ProjectTeam[],
  priorityAreas: undefined as MultiPolygon | undefined,
  featured: false,
  claimOnly: false,
};

/** The fields that a caller may set. */
export type Settings = { [Name in keyof typeof DEFAULTS]: (typeof DEFAULTS)[Name] };

/** What only CreateProject sets beside the area; a command of its own changes it. */
const AT_CREATION: readonly string[] = ["organisationId"];

/** Reads what is to be created. Refuses FIELD_INVALID with everything that is wrong. */
export function newSettings(project: Project, areaUploadId?: bigint): Settings {
  const settings = withDefaults(project, Object.keys(DEFAULTS) as (keyof Settings)[]) as Settings;
  const violations = [
    ...ProjectSchema.fields
      .filter((field) => isOutputOnly(field) && isFieldSet(project, field))
      .map(({ name }) => violation(name, "is set by the service", "output_only")),
    ...faultsIn(settings),
    ...clashesIn(settings),
    ...areaFaults(project, areaUploadId),
    ...(settings.status === ProjectStatus.DRAFT
      ? []
      : [violation("status", "a new project is a draft", "status.new")]),
  ];
  if (violations.length > 0) throw fieldInvalid(violations);
  return settings;
}

/** The area comes with the project, or else from an upload. */
function areaFaults({ area }: Project, areaUploadId: bigint | undefined) {
  if (area === undefined && areaUploadId === undefined) return [violation("area", "is required", "required")];
  const both = area !== undefined && areaUploadId !== undefined;
  return both ? [violation("area", "is given by area_upload_id", "area.one_source")] : [];
}

/**
 * Reads what is to be changed: the fields that `paths` name, in the words of the contract. One that is unset goes back to
 * its default. Refuses FIELD_INVALID with everything that is wrong.
 */
export function readPatch(project: Project, paths: readonly string[]): Partial<Settings> {
  const named = paths.map((path) => ({ path, field: ProjectSchema.fields.find((it) => it.name === path) }));
  const unknown = named.filter(({ field }) => field === undefined || !isChangeable(field));
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

/** The settings of a project. */
export function settingsOf(project: Project): Settings {
  return withDefaults(project, Object.keys(DEFAULTS) as (keyof Settings)[]) as Settings;
}

function withDefaults(project: Project, names: readonly (keyof Settings)[]): Partial<Settings> {
  const { translations, lockDuration } = project;
  const whole = {
    ...project,
    translations: translations.map(wholeText),
    lockDuration: lockDuration && durationOf(secondsOf(lockDuration)),
  };
  return Object.fromEntries(names.map((name) => [name, whole[name] || DEFAULTS[name]]));
}

/** A text of which an absent part is empty. */
export function wholeText(text: ProjectText): ProjectText {
  const { description = "", instructions = "", taskInstructions = "" } = text;
  return { ...text, description, instructions, taskInstructions };
}

function isOutputOnly({ localName }: DescField): boolean {
  return !(localName in DEFAULTS) && localName !== "area";
}

function isChangeable({ localName }: DescField): boolean {
  return localName in DEFAULTS && !AT_CREATION.includes(localName);
}
