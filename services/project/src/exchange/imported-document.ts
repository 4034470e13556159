import { clearField, clone, create } from "@bufbuild/protobuf";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type ProjectProfile,
  type SkippedField,
  type TeamProfile,
  TeamProfileSchema,
} from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import { type Project, ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { newSettings, type Settings } from "../projects/settings.ts";

/** What the receiver of a document decides itself, or finds by name. */
const NOT_STATED = ["status", "featured", "allowedUserIds", "organisationId", "licenceId", "teams"] as const;

/** What a document says of a project, and the receiver takes over. */
export type StatedSettings = Partial<Omit<Settings, (typeof NOT_STATED)[number]>>;

/** A document of another tool, as it was read. */
export interface ImportedDocument {
  stated: StatedSettings;
  area: MultiPolygon;
  /** Empty for none. */
  organisationName: string;
  licenceName: string;
  teams: TeamProfile[];
  /** What it says and is not taken over. */
  skipped: SkippedField[];
  /** Where a setting stands in the document. */
  pathOf: (setting: keyof StatedSettings) => string;
  /** Whether priority areas that cannot be taken over are left out instead of refused. */
  leavesPriorityAreasOut: boolean;
}

/** What the service that exported it had set. */
const SET_BY_SERVICE: readonly (keyof Project)[] = [
  "projectId",
  "boundingBox",
  "areaSquareKilometres",
  "authorUserId",
  "createTime",
  "updateTime",
  "revision",
  "centroid",
  "countries",
  "progress",
  "source",
  "externalId",
  "favourite",
];

/** What nobody but the tool that exported a project can make anything of. */
const MEANT_FOR_ONE_TOOL: readonly (keyof Project)[] = [
  "projectId",
  "authorUserId",
  "revision",
  "progress",
  "source",
  "externalId",
  "favourite",
  "allowedUserIds",
  "organisationId",
  "licenceId",
  "teams",
];

/** Reads a document of our own form. Refuses FIELD_INVALID. */
export function readProfile({
  project,
  organisationName = "",
  licenceName = "",
  teams,
}: ProjectProfile): ImportedDocument {
  const own = withoutFields(project as Project, [...SET_BY_SERVICE, ...NOT_STATED]);
  const settings = newSettings(own);
  const names = Object.keys(settings).filter((name) => !(NOT_STATED as readonly string[]).includes(name));
  const stated = pickSettings(settings, names as (keyof StatedSettings)[]);
  const area = own.area as MultiPolygon;
  return {
    stated,
    area,
    organisationName,
    licenceName,
    teams,
    skipped: [],
    pathOf: (setting) => `project.${ProjectSchema.field[setting].name}`,
    leavesPriorityAreasOut: false,
  };
}

/** A project as it travels. */
export function portable(project: Project): Project {
  return withoutFields(project, MEANT_FOR_ONE_TOOL);
}

/** A team as it travels. */
export function teamProfile(name: string, role: TeamProfile["role"]): TeamProfile {
  return create(TeamProfileSchema, { name, role });
}

/** Of settings, those of these names. */
export function pickSettings(settings: Settings, names: readonly (keyof StatedSettings)[]): StatedSettings {
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}

function withoutFields(project: Project, names: readonly (keyof Project)[]): Project {
  const bare = clone(ProjectSchema, project);
  for (const field of ProjectSchema.fields) {
    if (names.includes(field.localName as keyof Project)) clearField(bare, field);
  }
  return bare;
}
