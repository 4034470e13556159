import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import {
  Permission,
  ProjectSchema,
  ProjectStatus,
} from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { describe, expect, test } from "vitest";
import { change, newSettings, readPatch } from "./project.ts";
import { square } from "./test-system.ts";

type Init = MessageInitShape<typeof ProjectSchema>;

const project = (fields: Init = {}) =>
  create(ProjectSchema, { name: "Escuintla", area: square(), ...fields });
const settings = () => newSettings(project());

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
    lockSeconds: 7_200,
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
    lockSeconds: 300,
  };
  expect(newSettings(project(asked))).toEqual({ name: "Escuintla", ...asked });
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

test.each([
  ["", "required"],
  ["   ", "name.blank"],
  ["\u2003\u00a0", "name.blank"],
  ["Cafe\u0301", "name.nfc"],
])("the name %j is refused, not repaired", (name, rule) => {
  expect(rulesOf(() => newSettings(project({ name })))).toEqual([`project.name ${rule}`]);
  expect(rulesOf(() => readPatch(project({ name }), ["name"]))).toEqual([`project.name ${rule}`]);
});

test("everything that is wrong is named at once", () => {
  const wrong = create(ProjectSchema, { projectId: 7, description: "\0", instructions: "a\0b" });
  expect(rulesOf(() => newSettings(wrong))).toEqual([
    "project.project_id output_only",
    "project.name required",
    "project.description text.nul",
    "project.instructions text.nul",
    "project.area required",
  ]);
});

test("a patch has what the mask names and nothing else", () => {
  const fields = { name: "Retalhuleu", description: "new", lockSeconds: 600, revision: 9n };
  expect(readPatch(project(fields), ["description", "lock_seconds"])).toEqual({
    description: "new",
    lockSeconds: 600,
  });
});

test("a field that is named and unset goes back to its default", () => {
  const paths = ["description", "status", "mapping_permission", "mapping_level", "validation_permission"];
  expect(readPatch(project(), [...paths, "validation_level", "lock_seconds"])).toEqual({
    description: "",
    status: ProjectStatus.DRAFT,
    mappingPermission: Permission.ANY,
    mappingLevel: MappingLevel.INTERMEDIATE,
    validationPermission: Permission.LEVEL,
    validationLevel: MappingLevel.INTERMEDIATE,
    lockSeconds: 7_200,
  });
});

test.each(["area", "revision", "name.first", "lockSeconds", "constructor", "*", ""])(
  "%j cannot be changed",
  (path) => {
    expect(rulesOf(() => readPatch(project(), [path]))).toEqual(["update_mask field_mask.in"]);
  },
);

test("a change that was made from another revision is refused before anything else", () => {
  const current = { ...settings(), revision: 4n };
  const refusal = refusalOf(() => change(current, { status: ProjectStatus.ARCHIVED }, 3n));
  expect(refusal.reason.name).toBe("PROJECT_CHANGED");
  expect(refusal.metadata).toEqual({ expected_revision: "3", revision: "4" });
});

describe("from one status to another", () => {
  const { DRAFT, PUBLISHED, ARCHIVED } = ProjectStatus;
  const names = { [DRAFT]: "DRAFT", [PUBLISHED]: "PUBLISHED", [ARCHIVED]: "ARCHIVED" };
  const reachable = {
    [DRAFT]: [DRAFT, PUBLISHED],
    [PUBLISHED]: [DRAFT, PUBLISHED, ARCHIVED],
    [ARCHIVED]: [PUBLISHED, ARCHIVED],
  };
  const all = [DRAFT, PUBLISHED, ARCHIVED] as const;
  test.each(all.flatMap((from) => all.map((to) => [names[from], names[to], from, to] as const)))(
    "%s to %s",
    (fromName, toName, from, to) => {
      const current = { ...settings(), status: from, revision: 1n };
      const attempt = () => change(current, { status: to }, 1n);
      if ((reachable[from] as readonly ProjectStatus[]).includes(to)) {
        expect(attempt().status).toBe(to);
      } else {
        const refusal = refusalOf(attempt);
        expect(refusal.reason.name).toBe("STATUS_NOT_REACHABLE");
        expect(refusal.metadata).toEqual({ from: fromName, to: toName });
      }
    },
  );
});

test("what the patch leaves out stays as it was", () => {
  const current = { ...settings(), status: ProjectStatus.ARCHIVED as ProjectStatus, revision: 1n };
  expect(change(current, { name: "Retalhuleu" }, 1n)).toEqual({ ...current, name: "Retalhuleu" });
});
