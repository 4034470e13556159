import { create, type DescField, getOption, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { field as fieldRules } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { durationOf } from "@tessera/contracts/duration.ts";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import {
  Permission,
  ProjectDifficulty,
  ProjectPriority,
  ProjectSchema,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { UpdateProjectRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import { EVERY_SETTING } from "../testing/settings.ts";
import { square } from "../testing/system.ts";
import { newSettings, readPatch } from "./settings.ts";

type Init = MessageInitShape<typeof ProjectSchema>;

const project = (fields: Init = {}) =>
  create(ProjectSchema, { name: "Escuintla", area: square(), ...fields });

const refusalOf = (work: () => unknown): Refusal => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};
const rulesOf = (work: () => unknown) =>
  refusalOf(work).violations.map(({ field, rule }) => `${field} ${rule}`);

test("what is not asked for has its default", () => {
  expect(newSettings(project())).toEqual({
    name: "Escuintla",
    description: "",
    instructions: "",
    status: ProjectStatus.DRAFT,
    mappingPermission: Permission.ANY,
    mappingLevel: MappingLevel.INTERMEDIATE,
    validationPermission: Permission.LEVEL,
    validationLevel: MappingLevel.INTERMEDIATE,
    lockDuration: durationOf(7_200),
    shortDescription: "",
    taskInstructions: "",
    defaultLanguage: "en",
    translations: [],
    priority: ProjectPriority.MEDIUM,
    difficulty: ProjectDifficulty.EASY,
    mappingTypes: [],
    imagery: "",
    changesetComment: "",
    hashtags: [],
    licenceId: 0,
    campaigns: [],
    interests: [],
    dueTime: undefined,
    organisationId: 0,
    private: false,
    allowedUserIds: [],
    teams: [],
    priorityAreas: undefined,
    claimOnly: false,
    featured: false,
  });
});

test("what is asked for is kept", () => {
  const asked = {
    description: "# About\n",
    instructions: "\tfirst",
    status: ProjectStatus.DRAFT,
    mappingPermission: Permission.LEVEL,
    mappingLevel: MappingLevel.BEGINNER,
    validationPermission: Permission.ANY,
    validationLevel: MappingLevel.ADVANCED,
    lockDuration: durationOf(300),
  };
  expect(newSettings(project(asked))).toMatchObject({ name: "Escuintla", ...asked });
  expect(newSettings(project(EVERY_SETTING))).toEqual({ ...newSettings(project()), ...EVERY_SETTING });
});

test.each<[string, Init]>([
  ["project_id", { projectId: 7 }],
  ["bounding_box", { boundingBox: {} }],
  ["area_square_kilometres", { areaSquareKilometres: Number.NaN }],
  ["author_user_id", { authorUserId: 1n }],
  ["create_time", { createTime: timestampNow() }],
  ["update_time", { updateTime: timestampNow() }],
  ["revision", { revision: 1n }],
])("%s is not the caller's to set", (field, fields) => {
  expect(rulesOf(() => newSettings(project(fields)))).toEqual([`project.${field} output_only`]);
});

test.each([ProjectStatus.PUBLISHED, ProjectStatus.ARCHIVED])(
  "a new project has not the status %i",
  (status) => {
    expect(rulesOf(() => newSettings(project({ status })))).toEqual(["project.status status.new"]);
  },
);

test("a project has a name", () => {
  expect(rulesOf(() => newSettings(project({ name: "" })))).toEqual(["project.name required"]);
  expect(rulesOf(() => readPatch(project({ name: "" }), ["name"]))).toEqual(["project.name required"]);
});

test("everything that is wrong is named at once", () => {
  const wrong = create(ProjectSchema, { projectId: 7, countries: ["GT"], favourite: true });
  expect(rulesOf(() => newSettings(wrong))).toEqual([
    "project.project_id output_only",
    "project.countries output_only",
    "project.favourite output_only",
    "project.name required",
    "project.area required",
  ]);
});

test("a patch has what the mask names and nothing else", () => {
  const fields = { name: "Retalhuleu", description: "new", lockDuration: durationOf(600), revision: 9n };
  expect(readPatch(project(fields), ["description", "lock_duration"])).toEqual({
    description: "new",
    lockDuration: durationOf(600),
  });
});

test("a field that is named and unset goes back to its default", () => {
  const paths = ["description", "status", "mapping_permission", "mapping_level", "validation_permission"];
  expect(readPatch(project(), [...paths, "validation_level", "lock_duration"])).toEqual({
    description: "",
    status: ProjectStatus.DRAFT,
    mappingPermission: Permission.ANY,
    mappingLevel: MappingLevel.INTERMEDIATE,
    validationPermission: Permission.LEVEL,
    validationLevel: MappingLevel.INTERMEDIATE,
    lockDuration: durationOf(7_200),
  });
});

test.each(["area", "revision", "name.first", "lockDuration", "constructor", "*", ""])(
  "%j cannot be changed",
  (path) => {
    expect(rulesOf(() => readPatch(project(), [path]))).toEqual(["update_mask field_mask.in"]);
  },
);

test("every field that may be changed is read from a patch, and goes back to its default when it is unset", () => {
  const paths = ProjectSchema.fields
    .filter(({ localName }) => localName in EVERY_SETTING)
    .map(({ name }) => name);
  expect(paths).toHaveLength(Object.keys(EVERY_SETTING).length);
  expect(readPatch(project(EVERY_SETTING), paths)).toEqual(EVERY_SETTING);
  const unset = paths.filter((path) => path !== "name");
  const { name: _, ...defaults } = newSettings(project());
  expect(defaults).toMatchObject(readPatch(project(), unset));
});

test("the mask in the contract names what may be changed and nothing else", () => {
  const { fields } = UpdateProjectRequestSchema;
  const mask = fields.find(({ name }) => name === "update_mask") as DescField;
  const rules = getOption(mask, fieldRules);
  const names = rules.type.case === "fieldMask" ? rules.type.value.in : [];
  const localNames = names.map((it) => ProjectSchema.fields.find(({ name }) => name === it)?.localName);
  expect(localNames.toSorted()).toEqual([...Object.keys(EVERY_SETTING), "licenceId", "status"].toSorted());
});

test.each<[string, Init]>([
  ["project.default_language language.canonical", { defaultLanguage: "pt-br" }],
  ["project.default_language language.unknown", { defaultLanguage: "en-a" }],
  ["project.translations[0].language language.canonical", { translations: [{ language: "ZH-hant" }] }],
  ["project.translations[0].language language.unknown", { translations: [{ language: "abcdefghi" }] }],
  [
    "project.translations[2].language language.unique",
    { translations: [{ language: "fr" }, { language: "es" }, { language: "fr" }] },
  ],
  [
    "project.translations[1].language language.default",
    { defaultLanguage: "fr", translations: [{ language: "es" }, { language: "fr" }] },
  ],
  ["project.translations[0].language language.default", { translations: [{ language: "en" }] }],
  ["project.teams[1].team_id team_id.unique", { teams: [{ teamId: 4 }, { teamId: 4 }] }],
  ["project.due_time due_time.range", { dueTime: { seconds: 946_684_799n } }],
  ["project.due_time due_time.range", { dueTime: { seconds: 7_258_118_400n } }],
  ["project.due_time due_time.range", { dueTime: { seconds: 1_800_000_000n, nanos: -1 } }],
  ["project.due_time due_time.range", { dueTime: { seconds: 1_800_000_000n, nanos: 1_000_000_000 } }],
])("what is refused as %s", (fault, fields) => {
  expect(rulesOf(() => newSettings(project(fields)))).toEqual([fault]);
});

test.each<[string, Init]>([
  ["no translation", { translations: [] }],
  ["a translation without texts", { translations: [{ language: "fr" }] }],
  ["the first due time", { dueTime: { seconds: 946_684_800n } }],
  ["the last due time", { dueTime: { seconds: 7_258_118_399n, nanos: 999_999_999 } }],
  ["two teams", { teams: [{ teamId: 4 }, { teamId: 5 }] }],
])("%s is taken", (_, fields) => {
  expect(() => newSettings(project(fields))).not.toThrow();
});

test("the organisation is set at creation, not by a change", () => {
  expect(newSettings(project({ organisationId: 7 })).organisationId).toBe(7);
  expect(rulesOf(() => readPatch(project({ organisationId: 7 }), ["organisation_id"]))).toEqual([
    "update_mask field_mask.in",
  ]);
});
