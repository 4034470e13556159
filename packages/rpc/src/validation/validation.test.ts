import { create, type DescField, type DescMessage, fromJson } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { durationOf } from "@tessera/contracts/duration.ts";
import { UpdateTeamRequestSchema } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { TransferProjectRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { AssignTaskRequestSchema } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { LockTaskRequestSchema } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import {
  ListTasksRequestSchema,
  SearchTasksRequestSchema,
} from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { describe, expect, test } from "vitest";
import { type FieldViolation, Refusal } from "../refusal.ts";
import { validate, withFields } from "./validation.ts";

const METHODS = SERVICES.flatMap(({ methods }) => methods).map((method) => [method.name, method] as const);

function violationsOf(act: () => unknown): readonly FieldViolation[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.reason.name).toBe("FIELD_INVALID");
    return error.violations;
  }
}

const broken = (desc: DescMessage, request: object) =>
  violationsOf(() => validate(desc, create(desc, request as never)));
const fieldsOf = (violations: readonly FieldViolation[]) =>
  violations.map(({ field, description }) => `${field}: ${description}`);

describe.each(METHODS)("%s", (_, { input }) => {
  test("says of each field that an empty request leaves out that it is required, once", () => {
    const violations = broken(input, {});
    for (const { field, description, rule } of violations) {
      // A rule over several fields names them.
      if (field === "") expect(input.fields.some(({ name }) => description.includes(name))).toBe(true);
      else expect([description, rule]).toEqual(["is required", "required"]);
    }
    expect(new Set(violations.map(({ field }) => field)).size).toBe(violations.length);
  });
});

test("a rule over several fields is reported as a sentence, also if it is the only one", () => {
  const request = { requestId: "r", projectId: 1, expectedRevision: 1n };
  try {
    validate(TransferProjectRequestSchema, create(TransferProjectRequestSchema, request));
  } catch (error) {
    expect((error as Refusal).message).toBe(
      "author_user_id, organisation_id or without_organisation must be set",
    );
  }
  expect.assertions(1);
});

test("a wrong value is reported by its rule", () => {
  const request = { requestId: "a b", projectId: -1, taskId: 1, userId: 1n, reservation: durationOf(10) };
  expect(fieldsOf(broken(AssignTaskRequestSchema, request))).toEqual([
    "request_id: must be printable ASCII without spaces",
    "project_id: must be greater than or equal to 1",
    "reservation: must be greater than or equal to 300s and less than or equal to 7776000s",
  ]);
});

test("a value of an enum that is not one is no missing value", () => {
  const [violation] = broken(LockTaskRequestSchema, { requestId: "r", projectId: 1, taskId: 1, purpose: 9 });
  expect(violation?.rule).toBe("enum.defined_only");
});

test("what is left out below another message is named by its path", () => {
  const boundingBox = { west: 1, north: -1 };
  expect(fieldsOf(broken(ListTasksRequestSchema, { projectId: 1, filter: { boundingBox } }))).toEqual([
    "filter.bounding_box.south: is required",
    "filter.bounding_box.east: is required",
  ]);
  const update = broken(UpdateTeamRequestSchema, {
    requestId: "r",
    team: { teamId: 1 },
    expectedRevision: 1n,
  });
  expect(fieldsOf(update)).toEqual(["update_mask: is required"]);
});

test("an element of a list is there, whatever it is", () => {
  const request = { projectId: 1, filter: { taskIds: [0] } };
  expect(fieldsOf(broken(ListTasksRequestSchema, request))).toEqual([
    "filter.task_ids[0]: must be greater than or equal to 1",
  ]);
});

test("0 is a coordinate", () => {
  expect(broken(SearchTasksRequestSchema, { longitude: 0, latitude: 0 })).toEqual([]);
  validate(SearchTasksRequestSchema, fromJson(SearchTasksRequestSchema, { longitude: 0, latitude: -0 }));
  const box = { west: 0, south: 0, east: 0, north: 0 };
  expect(broken(ListTasksRequestSchema, { projectId: 1, filter: { boundingBox: box } })).toEqual([]);
});

test("fields that one kind of request requires are named as in the contract", () => {
  const all: { areaUploadId?: number; zoom?: number } = { zoom: 0 };
  expect(withFields(all, "zoom").zoom).toBe(0);
  expect(fieldsOf(violationsOf(() => withFields(all, "areaUploadId", "zoom")))).toEqual([
    "area_upload_id: is required",
  ]);
});

/** Numbers for which 0 is a value that a caller may mean. */
const isPlace = ({ name }: DescField) =>
  ["longitude", "latitude", "west", "south", "east", "north", "zoom"].includes(name);

/** Messages that a request holds because documents have them, and that a client does not fill. */
const OUTPUT_ONLY = ["tessera.geo.v1.Point"];

test("no request takes an absent coordinate for 0", () => {
  const taken: string[] = [];
  const seen = new Set<DescMessage>();
  const look = (desc: DescMessage) => {
    if (seen.has(desc) || OUTPUT_ONLY.includes(desc.typeName)) return;
    seen.add(desc);
    for (const field of desc.fields) {
      const hasPresence =
        field.fieldKind === "scalar" && field.presence !== FeatureSet_FieldPresence.IMPLICIT;
      if (isPlace(field) && !hasPresence) taken.push(`${desc.typeName}.${field.name}`);
      if (field.message !== undefined) look(field.message);
    }
  };
  for (const [, { input }] of METHODS) look(input);
  expect(taken).toEqual([]);
});
