import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import {
  MappingType,
  Permission,
  ProjectDifficulty,
  ProjectPriority,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { expect, test } from "vitest";
import { taskingManagerDocument as document } from "../testing/tasking-manager.ts";
import { readTaskingManagerProject } from "./tasking-manager.ts";

const read = (changes: object = {}) => readTaskingManagerProject(JSON.stringify(document(changes)));

/** What the document says of its own tool, and nobody can take over. */
const THEIRS = [
  "projectId",
  "status",
  "aoiBBOX",
  "organisation",
  "organisationSlug",
  "created",
  "lastUpdated",
  "activeMappers",
  "percentMapped",
  "percentValidated",
  "percentBadImagery",
  "taskCreationMode",
];
/** What else was skipped. */
const skippedBeside = (changes: object) =>
  read(changes)
    .skipped.map((it) => it.field)
    .filter((field) => field === undefined || !THEIRS.includes(field));

function refused(text: string) {
  try {
    readTaskingManagerProject(text);
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.reason.name, field: error.violations[0]?.field };
    throw error;
  }
  return undefined;
}

test("every field that has a counterpart is taken over", () => {
  const { stated, area, organisationName, teams, skipped } = read();
  expect(stated).toMatchObject({
    name: "Escuintla",
    shortDescription: "After the eruption",
    description: "**Map** all buildings",
    instructions: "Trace roofs",
    taskInstructions: "Grid {x}/{y}",
    defaultLanguage: "en",
    priority: ProjectPriority.URGENT,
    difficulty: ProjectDifficulty.MODERATE,
    mappingTypes: [MappingType.BUILDINGS, MappingType.LAND_USE],
    mappingPermission: Permission.TEAMS,
    validationPermission: Permission.TEAMS_LEVEL,
    private: false,
    imagery: "tms[22]:https://tiles.example/{zoom}/{x}/{y}.jpg",
    changesetComment: "#hotosm-project-4210 #guatemala",
    campaigns: ["Volcán de Fuego"],
    interests: ["Health"],
  });
  expect(stated.dueTime?.seconds).toBe(BigInt(Date.UTC(2027, 0, 31, 12) / 1_000));
  expect(stated.translations).toMatchObject([{ language: "pt-BR", name: "Escuintla (pt)" }]);
  expect([...area.ringLengths]).toEqual([5]);
  expect(organisationName).toBe("HOT");
  expect(teams).toMatchObject([
    { name: "Guatemala validators", role: ProjectRole.VALIDATOR },
    { name: "Leads", role: ProjectRole.MANAGER },
  ]);
  expect(skipped.map((it) => it.field)).toEqual(THEIRS);
});

test("settings that the document lacks are not stated", () => {
  const { stated } = read();
  for (const field of ["lockDuration", "hashtags", "mappingLevel", "status", "featured", "allowedUserIds"]) {
    expect(stated).not.toHaveProperty(field);
  }
  const { difficulty: _, projectPriority: __, ...shorter } = document();
  const less = readTaskingManagerProject(JSON.stringify(shorter)).stated;
  expect(less).not.toHaveProperty("difficulty");
  expect(less).not.toHaveProperty("priority");
});

test.each([
  ["author", { author: "somebody" }],
  ["mappingEditors", { mappingEditors: ["ID"] }],
  ["validationEditors", { validationEditors: ["JOSM"] }],
  ["tags", { tags: ["flood"] }],
  ["countryTag", { countryTag: ["Guatemala"] }],
  [
    "projectInfoLocales[0].perTaskInstructions",
    { projectInfoLocales: [{ locale: "en", perTaskInstructions: "Another text" }] },
  ],
  ["licenseId", { licenseId: 4 }],
  ["allowedUsernames", { allowedUsernames: ["somebody"] }],
  ["josmPreset", { josmPreset: "<presets/>" }],
  ["customEditor", { customEditor: { name: "x", url: "y" } }],
  ["enforceRandomTaskSelection", { enforceRandomTaskSelection: true }],
  ["projectPriority", { projectPriority: "SOON" }],
  ["difficulty", { difficulty: "UNSPECIFIED" }],
  ["mappingTypes[1]", { mappingTypes: ["ROADS", "CASTLES"] }],
  ["teams[0].role", { teams: [{ teamId: 1, name: "Readers", role: "READ_ONLY" }] }],
  ["dueDate", { dueDate: "soon" }],
  [
    "projectInfo.description",
    { projectInfo: { locale: "en", name: "Escuintla", description: "ä".repeat(20_001) } },
  ],
  ["campaigns", { campaigns: Array.from({ length: 21 }, (_, id) => ({ id, name: `C${id}` })) }],
  ["priorityAreas", { priorityAreas: [{ type: "Point", coordinates: [1, 2] }] }],
  ["dueDate", { dueDate: "2027-02-30T12:00:00Z" }],
  ["projectInfoLocales[0]", { projectInfoLocales: [{ locale: "?", name: "x" }] }],
  ["projectInfo.locale", { projectInfo: { locale: "?", name: "Escuintla" }, projectInfoLocales: [] }],
  ["defaultLocale", { defaultLocale: "?" }],
  ["private", { private: "yes" }],
  ["campaigns[0]", { campaigns: [{ id: 3 }] }],
  ["teams[0]", { teams: [{ teamId: 1, role: "MAPPER" }] }],
  ["teams[0]", { teams: [{ teamId: 1, name: "Readers" }] }],
  ["organisationLogo", { organisationLogo: "https://logo.example/" }],
  ["tasks", { tasks: { type: "FeatureCollection", features: [] } }],
  ["idPresets", { idPresets: ["building"] }],
  ["extraIdParams", { extraIdParams: "poweruser=true" }],
  ["osmchaFilterId", { osmchaFilterId: "9" }],
  ["rapidPowerUser", { rapidPowerUser: true }],
  ["mapperLevel", { mapperLevel: "BEGINNER" }],
  ["ofNextYear", { ofNextYear: { a: 0 } }],
  ["count", { count: 0 }],
  ["__proto__", JSON.parse('{"__proto__":{"a":1}}')],
  ["projectInfo.ofNextYear", { projectInfo: { locale: "en", name: "Escuintla", ofNextYear: "x" } }],
])("what has no counterpart is left out, and said: %s", (field, changes) => {
  expect(skippedBeside(changes)).toEqual([field]);
});

test("what is empty says nothing", () => {
  const empty = { a: "", b: null, c: false, d: [], e: {}, priorityAreas: {} };
  expect(skippedBeside(empty)).toEqual([]);
});

test("a time without a zone is one of UTC", () => {
  const { stated } = read({ dueDate: "2027-01-31T12:00:00" });
  expect(stated.dueTime?.seconds).toBe(BigInt(Date.UTC(2027, 0, 31, 12) / 1_000));
});

test("of many unknown fields of a document the first are reported, and the number of the others", () => {
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`${i}${"x".repeat(200)}`, 1]));
  const { skipped } = read(many);
  expect(skipped).toHaveLength(201);
  expect(skipped.every(({ field = "" }) => field.length <= 100)).toBe(true);
  const { description } = skipped.at(-1) ?? {};
  expect(description).toBe(`${10_000 + THEIRS.length - 200} more are not taken over`);
});

test.each([
  ["DOCUMENT_INVALID", "document", "no JSON"],
  ["DOCUMENT_INVALID", "document", "[]"],
  ["DOCUMENT_INVALID", "document", "null"],
  ["DOCUMENT_INVALID", "document", "[".repeat(2_000_000)],
  ["DOCUMENT_INVALID", "areaOfInterest", "{}"],
  [
    "DOCUMENT_INVALID",
    "projectInfo.name",
    JSON.stringify(document({ projectInfo: { locale: "en", name: " " }, projectInfoLocales: [] })),
  ],
  ["DOCUMENT_INVALID", "projectInfo.name", JSON.stringify(document({ defaultLocale: "fr" }))],
  ["DOCUMENT_INVALID", "projectInfo", JSON.stringify(document({ projectInfo: "text" }))],
  ["DOCUMENT_INVALID", "imagery", JSON.stringify(document({ imagery: 7 }))],
  ["DOCUMENT_INVALID", "mappingTypes", JSON.stringify(document({ mappingTypes: "ROADS" }))],
  ["DOCUMENT_INVALID", "campaigns[0]", JSON.stringify(document({ campaigns: ["x"] }))],
  [
    "AREA_INVALID",
    "areaOfInterest",
    JSON.stringify(document({ areaOfInterest: { type: "Point", coordinates: [1, 2] } })),
  ],
  ["AREA_INVALID", "areaOfInterest", JSON.stringify(document({ areaOfInterest: "here" }))],
])("%s at %s: %.40s", (reason, field, text) => {
  expect(refused(text)).toEqual({ reason, field });
});

test("an area nested as deep as the document may be long is refused, not met as a crash", () => {
  const depth = 100_000;
  const nested = `{"areaOfInterest":${'{"type":"GeometryCollection","geometries":['.repeat(depth)}${"]}".repeat(depth)}}`;
  expect(refused(nested)?.reason).toMatch(/^(AREA|DOCUMENT)_INVALID$/);
});

test("texts are brought to the normal form, and lose what no text of ours has", () => {
  const { stated } = read({
    projectInfo: { locale: "en", name: " Re\u0301sume\u0301\u0007\n2 ", description: "a\0b\ud800" },
  });
  expect(stated).toMatchObject({ name: "Résumé 2", description: "ab\ufffd" });
  const hidden = read({
    projectInfo: {
      locale: "en",
      name: "a\u202eb\u200b",
      shortDescription: "می\u200cخواهم\u200f",
      description: "a\u202eb",
    },
    campaigns: [{ name: "\u200b" }, { name: "c\ufeff" }],
    organisationName: "HOT\u2066",
  });
  expect(hidden.stated).toMatchObject({
    name: "ab",
    shortDescription: "می\u200cخواهم",
    description: "ab",
    campaigns: ["c"],
  });
  expect(hidden.organisationName).toBe("HOT");
  // A million marks on one letter, which the normal form would put in order in minutes.
  const marked = read({ projectInfo: { locale: "en", name: `e${"\u0301\u0323".repeat(500_000)}` } });
  expect(marked.stated.name?.length).toBeLessThan(40);
});

test("what projectInfo lacks is read from projectInfoLocales", () => {
  const changes = {
    projectInfo: { locale: "en", name: "Escuintla", description: "" },
    projectInfoLocales: [
      { locale: "en", name: "Escuintla", description: "Map roofs", perTaskInstructions: "Look twice" },
      { locale: "es", name: "Escuintla (es)", description: "Mapear techos" },
    ],
  };
  const { stated } = read(changes);
  expect(stated).toMatchObject({
    name: "Escuintla",
    description: "Map roofs",
    taskInstructions: "Look twice",
    translations: [{ language: "es", name: "Escuintla (es)", description: "Mapear techos" }],
  });
  expect(skippedBeside(changes)).toEqual([]);
});
