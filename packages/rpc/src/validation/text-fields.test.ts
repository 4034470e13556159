import {
  create,
  type DescField,
  type DescMessage,
  getOption,
  hasOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { field as fieldOption } from "@tessera/contracts/buf/validate/validate_pb.ts";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { ImportProjectRequestSchema } from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import { ProjectSchema } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import {
  CreateProjectRequestSchema,
  ListProjectsRequestSchema,
} from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { TextKind, text as textOption } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { expect, test } from "vitest";
import { Refusal } from "../refusal.ts";
import { maxLength, readTexts } from "./text-fields.ts";
import { validate } from "./validation.ts";

function projectOf(fields: object) {
  return create(CreateProjectRequestSchema, { requestId: "r", project: create(ProjectSchema, fields) });
}

test("texts are kept in one form, below other messages and in lists too", () => {
  const request = projectOf({
    name: " Cafe\u0301  Map ",
    description: " \n",
    campaigns: ["a ", "\u09df"],
    translations: [{ language: "fr", name: "\u3000e\u0301" }],
  });
  expect(readTexts(CreateProjectRequestSchema, request)).toEqual([]);
  expect(request.project).toMatchObject({
    name: "Café Map",
    description: "",
    campaigns: ["a", "\u09af\u09bc"],
    translations: [{ language: "fr", name: "é" }],
  });
});

test("faults of texts are reported by their path, beside all others", () => {
  const request = projectOf({
    name: "a\u202eb",
    instructions: "a\n\u202db",
    campaigns: ["a", "b\u200b"],
    translations: [{ language: "fr" }, { language: "f", name: "\u0007" }],
  });
  try {
    validate(CreateProjectRequestSchema, request);
  } catch (error) {
    expect((error as Refusal).violations.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
      "project.name text.direction",
      "project.instructions text.direction",
      "project.campaigns[1] text.invisible",
      "project.translations[1].name text.control",
      "project.translations[1].language string.min_len",
      "project.translations[1].language string.pattern",
    ]);
  }
  expect.assertions(1);
});

test("lengths hold for texts as they are kept", () => {
  const errors = (name: string) => {
    try {
      validate(CreateProjectRequestSchema, projectOf({ name, area: {} }));
      return [];
    } catch (error) {
      return (error as Refusal).violations.filter(({ field }) => field === "project.name");
    }
  };
  expect(errors(`${"e\u0301".repeat(200)}   `)).toEqual([]);
  expect(errors("\u09df".repeat(101))).toMatchObject([{ rule: "string.max_len" }]);
});

test("a text that is far too long is refused for its length, and not looked at", () => {
  const name = `a\u202e${"e\u0301\u0323".repeat(1_000_000)}`;
  const request = projectOf({ name, area: {} });
  expect(readTexts(CreateProjectRequestSchema, request)).toEqual([]);
  expect(request.project?.name).toBe(name);
  expect(() => validate(CreateProjectRequestSchema, request)).toThrow("at most 200 characters");
});

test("a text that must be given is not given by spaces", () => {
  const request = create(ListProjectsRequestSchema, { campaigns: ["a", " \u00a0"] });
  expect(() => validate(ListProjectsRequestSchema, request)).toThrow(Refusal);
});

test("a message that is one of several is read where it is chosen", () => {
  const profile = { project: projectOf({ name: " a " }).project, organisationName: "b\u202e" };
  const request = create(ImportProjectRequestSchema, { document: { case: "profile", value: profile } });
  expect(readTexts(ImportProjectRequestSchema, request)).toMatchObject([
    { field: "profile.organisation_name", rule: "text.direction" },
  ]);
  expect(request.document.value).toMatchObject({ project: { name: "a" } });
  const other = { case: "taskingManagerProject" as const, value: "\u202e" };
  expect(
    readTexts(ImportProjectRequestSchema, create(ImportProjectRequestSchema, { document: other })),
  ).toEqual([]);
});

/** Whole documents, secrets and tokens, of which the service reads the meaning. */
const OPAQUE = [
  "page_token",
  "position",
  "changed_since",
  "jwk",
  "tasking_manager_project",
  "personal_access_token",
  "client_assertion",
  "subject_token",
  "refresh_token",
  "token",
];

/** Texts that the service sets, or that are looked for. */
const NOT_KEPT = [
  "tessera.auth.v1.CreateSessionRequest.name",
  "tessera.auth.v1.User.name",
  "google.protobuf.FieldMask.paths",
  "tessera.project.v1.Project.countries",
  "tessera.project.v1.Project.language",
  "tessera.project.v1.Project.source",
  "tessera.project.v1.Project.external_id",
  "tessera.project.v1.ListProjectsRequest.query",
];

test("every text of a request has its kind, or states what it consists of", () => {
  const open: string[] = [];
  const endless: string[] = [];
  const seen = new Set<DescMessage>();
  const look = (desc: DescMessage) => {
    if (seen.has(desc)) return;
    seen.add(desc);
    for (const field of desc.fields) {
      if (field.message !== undefined) look(field.message);
      const isText = getOption(field, textOption) !== TextKind.UNSPECIFIED;
      if (isText && maxLength(field) === 0) endless.push(`${desc.typeName}.${field.name}`);
      if (isString(field) && getOption(field, textOption) === TextKind.UNSPECIFIED && !isStated(field))
        open.push(`${desc.typeName}.${field.name}`);
    }
  };
  for (const { input } of SERVICES.flatMap(({ methods }) => methods)) look(input);
  expect(endless).toEqual([]);
  expect(open.sort()).toEqual(NOT_KEPT.toSorted());
});

function isString(field: DescField): boolean {
  return (
    (field.fieldKind === "scalar" || field.fieldKind === "list") &&
    field.scalar === ScalarType.STRING &&
    !OPAQUE.includes(field.name)
  );
}

/** Whether a rule of the field says which letters it has. */
function isStated(field: DescField): boolean {
  if (!hasOption(field, fieldOption)) return false;
  const rules = JSON.stringify(getOption(field, fieldOption), (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return /"pattern":"[^"]+"|"case":"uuid"|"in":\["/.test(rules);
}
