import { create } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import {
  type Project,
  ProjectSchema,
  type ProjectTeam,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { isManager, isVisible, mayCreate } from "../access/access.ts";
import { type AreaWork, surveyArea } from "../areas/survey-area.ts";
import type { Deps } from "../deps.ts";
import { checkPriorityAreas } from "../projects/check-priority-areas.ts";
import { newSettings, type Settings } from "../projects/settings.ts";
import { creationNotPermitted, notManager } from "../refusals.ts";
import type { Survey } from "../survey/measure-area.ts";
import type { ImportedDocument, Told } from "./imported-document.ts";

/** So many teams are looked for at once. */
const TEAMS_AT_ONCE = 10;

type Skipped = { field: string; description: string }[];

/** What the names of a document stand for here. */
interface Named {
  /** 0 for none, and for one that is not known here. */
  organisationId: number;
  licenceId: number;
  teams: ProjectTeam[];
  skipped: Skipped;
}

/** All that is taken over of a document, and what is not. */
export interface Imported {
  told: Told;
  names: Named;
  area: MultiPolygon;
  survey: Survey;
  skipped: Skipped;
}

/** Finds what a document names. */
export async function named(
  { names, store }: Deps,
  document: ImportedDocument,
  context: HandlerContext,
): Promise<Named> {
  const { organisationName, licenceName } = document;
  const [organisationId = 0, licenceId = 0] = await Promise.all([
    organisationName === "" ? 0 : names.organisation(organisationName, context),
    store.imports.licence(licenceName),
  ]);
  const skipped: Skipped = [];
  if (organisationName !== "" && organisationId === 0)
    skipped.push({ field: "organisation_name", description: "no such organisation is known here" });
  if (licenceName !== "" && licenceId === 0)
    skipped.push({ field: "licence_name", description: "no such licence is known here" });
  const teams = new Map<number, ProjectTeam>();
  for (let from = 0; from < document.teams.length; from += TEAMS_AT_ONCE) {
    const some = document.teams.slice(from, from + TEAMS_AT_ONCE);
    const ids = await Promise.all(some.map(({ name }) => names.team(name, organisationId, context)));
    for (const [index, teamId] of ids.entries()) {
      const role = some[index]?.role;
      if (teamId === undefined || role === undefined || teams.has(teamId)) {
        const description =
          teamId === undefined ? "no one team of this name is known here" : "is named before";
        skipped.push({ field: `teams[${from + index}]`, description });
      } else teams.set(teamId, { $typeName: "tessera.project.v1.ProjectTeam", teamId, role });
    }
  }
  return { organisationId, licenceId, teams: [...teams.values()], skipped };
}

/**
 * Refuses CREATION_NOT_PERMITTED to who may not make the project, and where it is there and hidden from the caller; and
 * NOT_MANAGER to who sees it and may not change it.
 */
export async function mustMayImport(
  { store, viewers }: Deps,
  existing: Project | undefined,
  organisationId: number,
  context: HandlerContext,
): Promise<void> {
  const viewer = await viewers.of(context);
  if (existing === undefined) {
    if (!mayCreate(viewer, organisationId)) throw creationNotPermitted();
    return;
  }
  const { projectId } = existing;
  const [ruled] = await store.access.of([{ projectId, userId: callerOf(context).userId }]);
  if (ruled !== undefined && isManager(ruled.project, viewer)) return;
  throw ruled && isVisible(ruled.project, viewer) ? notManager(projectId) : creationNotPermitted();
}

/**
 * Checks and measures the area, and the priority areas that the project will have. Refuses in this order: AREA_TOO_LARGE,
 * AREA_INVALID, PRIORITY_AREAS_OUTSIDE.
 */
export async function surveyed(
  { areaLimits }: Deps,
  { area, told, leavesPriorityAreasOut }: ImportedDocument,
  existing: Project | undefined,
  work: AreaWork,
): Promise<{ told: Told; survey: Survey; skipped: Skipped }> {
  const survey = await surveyArea(area, areaLimits, work);
  const own = "priorityAreas" in told;
  const areas = own ? told.priorityAreas : existing?.priorityAreas;
  if (areas === undefined) return { told, survey, skipped: [] };
  try {
    await checkPriorityAreas(areas, area, areaLimits, work);
    return { told, survey, skipped: [] };
  } catch (error) {
    if (!(error instanceof Refusal && own && leavesPriorityAreasOut)) throw error;
    const { priorityAreas: _, ...rest } = told;
    return { told: rest, survey, skipped: [{ field: "priorityAreas", description: error.message }] };
  }
}

/** The settings of a project that is made of a document. */
export function newImport({ told, names, area }: Imported): Settings {
  const { organisationId, licenceId, teams } = names;
  return newSettings(create(ProjectSchema, { ...told, organisationId, licenceId, teams, area }));
}

/** What a document changes about the project that was made of it before. What it names and is not known here stays. */
export function importChange({ told, names }: Pick<Imported, "told" | "names">): Partial<Settings> {
  const { licenceId, teams } = names;
  return { ...told, ...(licenceId > 0 && { licenceId }), ...(teams.length > 0 && { teams }) };
}
