import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MultiPolygon } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import type { TeamProfile } from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import {
  MappingType,
  Permission,
  ProjectDifficulty,
  ProjectPriority,
  ProjectSchema,
  type ProjectText,
  ProjectTextSchema,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { areaFromGeoJson } from "@tessera/geometry/areas/geo-json.ts";
import { GeometryFault } from "@tessera/geometry/areas/geometry-fault.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { validate } from "@tessera/rpc/validation/validation.ts";
import { newSettings } from "../projects/settings.ts";
import { areaInvalid } from "../refusals.ts";
import { type Fields, isSaid, LONGEST, listOf, objectOf, Reading } from "./document-reading.ts";
import {
  type ImportedDocument,
  pickSettings,
  type StatedSettings,
  teamProfile,
} from "./imported-document.ts";
import { documentInvalid } from "./refusals.ts";

const TEAMS_MAX = 100;
const TRANSLATIONS_MAX = 50;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

/** A time as they write it: in UTC, where no zone is said. */
const DUE = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(Z|[+-]\d{2}:\d{2})?$/;

const TEXTS = ["name", "shortDescription", "description", "instructions", "taskInstructions"] as const;

/** A team's role there, by name and by number. */
const ROLES: Readonly<Record<string, ProjectRole>> = {
  MAPPER: ProjectRole.MAPPER,
  VALIDATOR: ProjectRole.VALIDATOR,
  PROJECT_MANAGER: ProjectRole.MANAGER,
  "0": ProjectRole.MAPPER,
  "1": ProjectRole.VALIDATOR,
  "2": ProjectRole.MANAGER,
};

const NOT_HERE = "has no counterpart here";
const MADE_HERE = "is calculated here";
const DECIDED_HERE = "is for the receiver to decide";
/** Why some fields are not taken over. */
const REASONS: Readonly<Record<string, string>> = {
  projectId: "is an id of the other tool; the request carries it",
  status: DECIDED_HERE,
  aoiBBOX: MADE_HERE,
  tasks: "are created by CreateTasks",
  taskCreationMode: "is chosen in CreateTasks",
  organisation: "is an id of the other tool; the organisation is found by its name",
  organisationSlug: "is a name of the other tool; the organisation is found by its name",
  organisationLogo: "belongs to the organisation",
  allowedUsernames: "are user names of the other tool",
  author: "is the user who imports the project",
  licenseId: "is an id of the other tool",
  created: "is the time of the import",
  lastUpdated: "is the time of the import",
  activeMappers: MADE_HERE,
  percentMapped: MADE_HERE,
  percentValidated: MADE_HERE,
  percentBadImagery: MADE_HERE,
};

/**
 * Reads a project as a HOT Tasking Manager answers `/api/v2/projects/{id}/`. What is too long for us is cut, and what has no
 * counterpart left out; both are said, of any field that says something. Refuses in this order: DOCUMENT_INVALID, AREA_INVALID.
 */
export function readTaskingManagerProject(text: string): ImportedDocument {
  const reading = new Reading();
  const fields = reading.object("", parse(text));
  const area = readArea(fields);
  const priorityAreas = readPriorityAreas(fields, reading);
  const said = {
    ...readTexts(fields, reading),
    ...readKinds(fields, reading),
    ...(priorityAreas && { priorityAreas }),
    imagery: reading.line("imagery", fields.imagery, LONGEST.imagery),
    changesetComment: reading.line("changesetComment", fields.changesetComment, LONGEST.comment),
    campaigns: reading.tags("campaigns", fields.campaigns),
    interests: reading.tags("interests", fields.interests),
    private: reading.flag("private", fields.private),
    ...readDueTime(fields, reading),
  };
  const stated = checked(said, area);
  const organisationName = reading.line("organisationName", fields.organisationName, LONGEST.name);
  const teams = readTeams(fields, reading);
  reading.skipUnread(REASONS, NOT_HERE);
  return {
    stated,
    area,
    organisationName,
    licenceName: "",
    teams,
    skipped: reading.skipped,
    // Their names are also those of the other tool, where they are reported.
    pathOf: (setting) => setting,
    leavesPriorityAreasOut: true,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw documentInvalid("", "is not JSON");
  }
}

function readArea({ areaOfInterest }: Fields): MultiPolygon {
  if (areaOfInterest === undefined || areaOfInterest === null)
    throw documentInvalid("areaOfInterest", "is missing");
  try {
    return areaFromGeoJson(areaOfInterest);
  } catch (error) {
    if (error instanceof GeometryFault) throw areaInvalid(error, "areaOfInterest");
    throw error;
  }
}

function readPriorityAreas({ priorityAreas }: Fields, reading: Reading): MultiPolygon | undefined {
  if (!isSaid(priorityAreas)) return undefined;
  const areas = listOf("priorityAreas", priorityAreas);
  const features = areas.map((geometry) => ({ type: "Feature", properties: null, geometry }));
  try {
    return areaFromGeoJson({ type: "FeatureCollection", features });
  } catch (error) {
    if (!(error instanceof GeometryFault)) throw error;
    reading.skip("priorityAreas", error.message);
    return undefined;
  }
}

/** The texts in the default language, and in the others. */
function readTexts(fields: Fields, reading: Reading) {
  const { defaultLocale, projectInfo, projectInfoLocales } = fields;
  const defaultLanguage = languageOf(defaultLocale) ?? "en";
  if (isSaid(defaultLocale) && languageOf(defaultLocale) === undefined)
    reading.skip("defaultLocale", "is no language; English is taken for it");
  const said = [
    ...(isSaid(projectInfo) ? [projectInfo] : []),
    ...listOf("projectInfoLocales", projectInfoLocales),
  ];
  const texts = new Map<string, ProjectText>();
  for (const [index, info] of said.entries()) {
    const field =
      index === 0 && isSaid(projectInfo)
        ? "projectInfo"
        : `projectInfoLocales[${index - (isSaid(projectInfo) ? 1 : 0)}]`;
    const { locale } = objectOf(field, info);
    const language = languageOf(locale) ?? (field === "projectInfo" ? defaultLanguage : undefined);
    if (language === defaultLanguage && isSaid(locale) && languageOf(locale) === undefined)
      reading.skip(`${field}.locale`, "is no language");
    if (language === undefined) reading.skip(field, "has no language");
    else {
      const text = readText(field, info, language, reading);
      const earlier = texts.get(language.toLowerCase());
      if (earlier === undefined) texts.set(language.toLowerCase(), text);
      else fillIn(earlier, text, field, reading);
    }
  }
  const own = texts.get(defaultLanguage.toLowerCase());
  if (own === undefined || own.name === "") throw documentInvalid("projectInfo.name", "is missing");
  texts.delete(defaultLanguage.toLowerCase());
  const { name, shortDescription, description = "", instructions = "", taskInstructions = "" } = own;
  if (texts.size > TRANSLATIONS_MAX)
    reading.skip("projectInfoLocales", `only the first ${TRANSLATIONS_MAX} are kept`);
  const translations = [...texts.values()].slice(0, TRANSLATIONS_MAX);
  return {
    name,
    shortDescription,
    description,
    instructions,
    taskInstructions,
    defaultLanguage,
    translations,
  };
}

/** Fills what a text lacks from a later one of the same language. */
function fillIn(text: ProjectText, later: ProjectText, field: string, reading: Reading): void {
  const theirs = { taskInstructions: "perTaskInstructions" } as Readonly<Record<string, string>>;
  for (const name of TEXTS) {
    if (text[name] === "") text[name] = later[name] ?? "";
    else if (later[name] !== "" && later[name] !== text[name])
      reading.skip(`${field}.${theirs[name] ?? name}`, "another text of the same language stands before it");
  }
}

function readText(field: string, info: unknown, language: string, reading: Reading): ProjectText {
  const texts = reading.object(field, info);
  const { locale: _, name, shortDescription, description, instructions, perTaskInstructions } = texts;
  return create(ProjectTextSchema, {
    language,
    name: reading.line(`${field}.name`, name, LONGEST.name),
    shortDescription: reading.line(`${field}.shortDescription`, shortDescription, LONGEST.short),
    description: reading.text(`${field}.description`, description, LONGEST.text),
    instructions: reading.text(`${field}.instructions`, instructions, LONGEST.text),
    taskInstructions: reading.text(`${field}.perTaskInstructions`, perTaskInstructions, LONGEST.text),
  });
}

/** What is one of several kinds. */
function readKinds(fields: Fields, reading: Reading) {
  const word = <T>(name: string, words: Readonly<Record<string, T>>) =>
    reading.word(name, fields[name], words);
  const priority = word("projectPriority", ProjectPriority);
  const difficulty = word("difficulty", ProjectDifficulty);
  const mappingPermission = word("mappingPermission", Permission);
  const validationPermission = word("validationPermission", Permission);
  const mappingTypes = listOf("mappingTypes", fields.mappingTypes).flatMap(
    (type, index) => reading.word(`mappingTypes[${index}]`, type, MappingType) ?? [],
  );
  return {
    ...(priority && { priority }),
    ...(difficulty && { difficulty }),
    ...(mappingPermission && { mappingPermission }),
    ...(validationPermission && { validationPermission }),
    mappingTypes: [...new Set(mappingTypes)],
  };
}

function readDueTime({ dueDate }: Fields, reading: Reading) {
  if (!isSaid(dueDate)) return {};
  const [, date, hours, zone = "Z"] = DUE.exec(typeof dueDate === "string" ? dueDate : "") ?? [];
  const day = new Date(`${date}T00:00:00Z`);
  const time = new Date(`${date}T${hours}${zone}`);
  const year = time.getUTCFullYear();
  // A date that no calendar has is read as the day after it.
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === date;
  if (exists && year >= 2000 && year < 2200) return { dueTime: timestampFromDate(time) };
  reading.skip("dueDate", "is no date of these times");
  return {};
}

function readTeams({ teams }: Fields, reading: Reading): TeamProfile[] {
  const found = listOf("teams", teams).flatMap((team, index) => {
    const field = `teams[${index}]`;
    const { name, teamName, role } = objectOf(field, team);
    const called = reading.line(`${field}.name`, name ?? teamName, LONGEST.name);
    const as = reading.word(`${field}.role`, role, ROLES);
    if (called === "") reading.skip(field, "has no name");
    else if (!isSaid(role) && role !== 0) reading.skip(field, "has no role");
    return called === "" || as === undefined ? [] : [teamProfile(called, as)];
  });
  if (found.length > TEAMS_MAX) reading.skip("teams", `only the first ${TEAMS_MAX} are kept`);
  return found.slice(0, TEAMS_MAX);
}

/** What the document says, by all rules of projects. */
function checked(said: StatedSettings, area: MultiPolygon): StatedSettings {
  try {
    const project = create(ProjectSchema, { ...said, area });
    validate(ProjectSchema, project);
    return pickSettings(newSettings(project), Object.keys(said) as (keyof StatedSettings)[]);
  } catch (error) {
    const [violation] = error instanceof Refusal ? error.violations : [];
    if (violation === undefined) throw error;
    throw documentInvalid(violation.field, violation.description);
  }
}

/** A locale of theirs ("pt_BR") as BCP 47. */
function languageOf(locale: unknown): string | undefined {
  const language = typeof locale === "string" ? locale.replaceAll("_", "-") : "";
  return language.length <= 35 && LANGUAGE.test(language) ? language : undefined;
}
