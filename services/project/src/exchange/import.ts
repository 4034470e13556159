import { create } from "@bufbuild/protobuf";
import type { SkippedField } from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import {
  ProjectSchema,
  type ProjectTeam,
  ProjectTeamSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { newSettings, type Settings } from "../projects/settings.ts";
import type { NewProject } from "../projects/store.ts";
import type { ImportedDocument, StatedSettings } from "./imported-document.ts";

export type Skipped = Pick<SkippedField, "field" | "description">[];

/** What the names of a document stand for here; undefined for a name that is not known, or that several things have. */
export interface Found {
  organisationId: number | undefined;
  /** In the order of the document's teams. */
  teamIds: readonly (number | undefined)[];
}

/** What a project is given of the names of a document. */
interface Named {
  /** 0 for none, and for one that is not known here. */
  organisationId: number;
  licenceId: number;
  teams: ProjectTeam[];
  skipped: Skipped;
}

/** What is taken over of a document beside what it names, with its area measured. */
export interface SurveyedDocument extends Pick<NewProject, "area" | "survey"> {
  stated: StatedSettings;
  skipped: Skipped;
}

/** All that is taken over of a document, and what is not. */
export interface Imported extends SurveyedDocument {
  names: Named;
}

/** Reads what a project is given of the names of a document. */
export function namedIn(
  { organisationName, licenceName, teams }: ImportedDocument,
  { organisationId = 0, teamIds }: Found,
  licenceId = 0,
): Named {
  const skipped: Skipped = [];
  if (organisationName !== "" && organisationId === 0)
    skipped.push({ field: "organisation_name", description: "no such organisation is known here" });
  if (licenceName !== "" && licenceId === 0)
    skipped.push({ field: "licence_name", description: "no such licence is known here" });
  const known = new Map<number, ProjectTeam>();
  for (const [index, { role }] of teams.entries()) {
    const [field, teamId] = [`teams[${index}]`, teamIds[index]];
    if (teamId === undefined)
      skipped.push({ field, description: "there is not exactly one team of this name here" });
    else if (known.has(teamId)) skipped.push({ field, description: "is named before" });
    else known.set(teamId, create(ProjectTeamSchema, { teamId, role }));
  }
  return { organisationId, licenceId, teams: [...known.values()], skipped };
}

/** The settings of a project that is made of a document. */
export function newImport({ stated, names, area }: Imported): Settings {
  const { organisationId, licenceId, teams } = names;
  return newSettings(create(ProjectSchema, { ...stated, organisationId, licenceId, teams, area }));
}

/** What a document changes about the project that was made of it before. What it names and is not known here stays. */
export function importChange({ stated, names }: Pick<Imported, "stated" | "names">): Partial<Settings> {
  const { licenceId, teams } = names;
  return { ...stated, ...(licenceId > 0 && { licenceId }), ...(teams.length > 0 && { teams }) };
}
