import { create, fromBinary, fromJson, type JsonValue, toBinary, toJson } from "@bufbuild/protobuf";
import { type Duration, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { durationOf, secondsOf } from "@tessera/contracts/duration.ts";
import { type MultiPolygon, MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import type { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  type Project,
  ProjectSchema,
  type ProjectText,
  ProjectTextSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { progressOf, type TaskCounts } from "./progress.ts";
import { type Settings, wholeText } from "./settings.ts";

/** The texts that a list does not carry, neither in the default language nor in others. */
type Text = "description" | "instructions" | "taskInstructions";

/** What a row of projects says, with what stands beside it in other tables. */
export type ProjectRow = Omit<
  Settings,
  Text | "translations" | "lockDuration" | "dueTime" | "priorityAreas" | "teams"
> & {
  // A row of a list has none of them.
  [Name in Text]?: string;
} & Pick<Project, "projectId" | "areaSquareKilometres" | "authorUserId" | "revision"> &
  Pick<Project, "countries" | "source" | "externalId" | "favourite"> & {
    west: number;
    south: number;
    east: number;
    north: number;
    area: Uint8Array | null;
    translations: JsonValue[];
    lockSeconds: number;
    dueTime: Date | null;
    priorityAreas: Uint8Array | null;
    /** Pairs of a team's number and its role. */
    teams: [number, number][];
    longitude: number | null;
    latitude: number | null;
    progress: CountedProgress | null;
    createTime: Date;
    updateTime: Date;
  };

/** How far the work was at a position of the feed of tasks. */
type CountedProgress = Omit<TaskCounts, "lastActivity"> & { lastActivity: string | null; position: string };

/** The fields of which each costs as much as all others, and which a list carries only where they are chosen. */
export const LONG_FIELDS = [
  "description",
  "instructions",
  "task_instructions",
  "translations",
  "area",
  "priority_areas",
  "allowed_user_ids",
] as const;

/** How much is read: all, or beside all other fields the long ones with these names. */
export type Extent = "whole" | ReadonlySet<string>;

/** The document of a row. */
export function projectOf(row: ProjectRow): Project {
  const { west, south, east, north, area, priorityAreas, longitude, latitude } = row;
  const { teams, translations, lockSeconds, dueTime, createTime, updateTime, progress, ...most } = row;
  const { licenceId, organisationId, source, externalId, ...fields } = most;
  return create(ProjectSchema, {
    ...fields,
    licenceId: licenceId || undefined,
    organisationId: organisationId || undefined,
    source: source || undefined,
    externalId: externalId || undefined,
    boundingBox: { west, south, east, north },
    area: areaOf(area),
    priorityAreas: areaOf(priorityAreas),
    teams: teams.map(([teamId, role]) => ({ teamId, role: role as ProjectRole })),
    translations: translations.map((text) => textOf(text, fields)),
    lockDuration: durationOf(lockSeconds),
    dueTime: dueTime === null ? undefined : timestampFromDate(dueTime),
    centroid: longitude === null || latitude === null ? undefined : { longitude, latitude },
    progress: progress === null ? undefined : countedProgress(progress),
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  });
}

/** A translation, with those long texts that the row carries itself. */
function textOf(stored: JsonValue, row: { [Name in Text]?: string }): ProjectText {
  const text = wholeText(fromJson(ProjectTextSchema, stored));
  const { description, instructions, taskInstructions, ...short } = text;
  return {
    ...short,
    ...(row.description !== undefined && { description }),
    ...(row.instructions !== undefined && { instructions }),
    ...(row.taskInstructions !== undefined && { taskInstructions }),
  } as ProjectText;
}

function countedProgress({ lastActivity, position, ...counts }: CountedProgress) {
  return progressOf(
    { ...counts, lastActivity: lastActivity === null ? undefined : new Date(lastActivity) },
    position,
  );
}

/** The columns of settings, but for those that are kept in tables of their own. */
export function settingsRow(
  sql: Sql | TransactionSql,
  settings: Partial<Settings & Pick<Project, "authorUserId">>,
) {
  const { teams: _, allowedUserIds: __, ...own } = settings;
  return Object.fromEntries(
    Object.entries(own).map(([name, value]) => [columnOf(name), columnValue(sql, name, value)]),
  );
}

/** An area as it is kept. */
export function areaBytes(area: MultiPolygon): Uint8Array {
  return toBinary(MultiPolygonSchema, area, { writeUnknownFields: false });
}

function areaOf(bytes: Uint8Array | null): MultiPolygon | undefined {
  return bytes === null ? undefined : fromBinary(MultiPolygonSchema, bytes);
}

/** The columns that are not called as their fields are in the contract. */
const COLUMNS: Readonly<Record<string, string>> = {
  private: "is_private",
  featured: "is_featured",
  lockDuration: "lock_seconds",
};

function columnOf(name: string): string {
  return COLUMNS[name] ?? ProjectSchema.fields.find((it) => it.localName === name)?.name ?? name;
}

function columnValue(sql: Sql | TransactionSql, name: string, value: unknown) {
  if (name === "translations") {
    return sql.json((value as ProjectText[]).map((text) => toJson(ProjectTextSchema, text) as never));
  }
  if (name === "lockDuration") return secondsOf(value as Duration);
  if (name === "dueTime") return value === undefined ? null : timestampDate(value as never);
  if (name === "priorityAreas") return value === undefined ? null : areaBytes(value as MultiPolygon);
  return value as string;
}
