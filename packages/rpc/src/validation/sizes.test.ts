import { create, type DescField, type DescMessage, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { BatchGetAccessRequestSchema } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { UpdateProjectRequestSchema } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { CreateTasksRequestSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { expect, test } from "vitest";
import { Refusal } from "../refusal.ts";
import { maxItems, tooLong, tooLongOnWire } from "./sizes.ts";
import { validate } from "./validation.ts";

const MANY = Array.from({ length: 100_000 }, (_, at) => at);

function refusalOf(act: () => void): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("not refused");
}

test("for a list that is too long only its length is reported, though each element breaks a rule", () => {
  const message = create(BatchGetAccessRequestSchema, { projectIds: MANY.map(() => -1) });
  const { violations } = refusalOf(() => validate(BatchGetAccessRequestSchema, message));
  expect(violations.map(({ field, rule }) => `${field} ${rule}`)).toEqual(["project_ids repeated.max_items"]);
});

test("lists below other messages are counted, and reported by their path", () => {
  const teams = MANY.slice(0, 1_000).map((teamId) => ({ teamId }));
  const message = create(UpdateProjectRequestSchema, {
    project: { teams, allowedUserIds: MANY.map(BigInt) },
  });
  const paths = ["project.allowed_user_ids", "project.teams"];
  expect(tooLong(UpdateProjectRequestSchema, message).map((it) => it.field)).toEqual(paths);
  const bytes = toBinary(UpdateProjectRequestSchema, message);
  expect(
    tooLongOnWire(UpdateProjectRequestSchema, bytes)
      .map((it) => it.field)
      .sort(),
  ).toEqual(paths);
});

test("at most 20 violations are found in a message, and then it is not read on", () => {
  const wrong = MANY.slice(0, 100).map(() => -1);
  const message = create(BatchGetAccessRequestSchema, { projectIds: wrong });
  expect(refusalOf(() => validate(BatchGetAccessRequestSchema, message)).violations.length).toBe(20);
});

test("numbers that are not packed count as those that are", () => {
  const writer = new BinaryWriter();
  for (const _ of MANY) writer.tag(1, WireType.Varint).int32(1);
  const found = tooLongOnWire(BatchGetAccessRequestSchema, writer.finish());
  expect(found.map(({ field }) => field)).toEqual(["project_ids"]);
});

test("what the contract allows is not refused on the wire", () => {
  const areas = MANY.slice(0, 20_000).map(() => ({
    coordinates: [0, 0, 1, 0, 1, 1, 0, 0],
    ringLengths: [4],
    polygonLengths: [1],
  }));
  const message = create(CreateTasksRequestSchema, { areas });
  expect(tooLongOnWire(CreateTasksRequestSchema, toBinary(CreateTasksRequestSchema, message))).toEqual([]);
});

test("a message of millions of tiny fields, known or unknown, is not one of ours", () => {
  const writer = new BinaryWriter();
  for (let at = 0; at < 600_000; at++) writer.tag(999, WireType.Varint).int32(0);
  expect(() => tooLongOnWire(BatchGetAccessRequestSchema, writer.finish())).toThrow("too many fields");
});

/** Lists that a request may hold and that a client does not fill: documents have them, and updates carry documents. */
const OUTPUT_ONLY = ["tessera.project.v1.Project.countries"];

test("every list and map that a request may hold has a limit in the contract, coordinates aside", () => {
  const unlimited = new Set<string>();
  const seen = new Set<DescMessage>();
  const look = (desc: DescMessage) => {
    if (seen.has(desc) || desc.typeName === MultiPolygonSchema.typeName) return;
    seen.add(desc);
    for (const field of desc.fields) {
      if (isLong(field)) unlimited.add(`${desc.typeName}.${field.name}`);
      if (field.message !== undefined && !field.message.typeName.startsWith("google.")) look(field.message);
    }
  };
  for (const { input } of SERVICES.flatMap((it) => it.methods)) look(input);
  expect([...unlimited].filter((it) => !OUTPUT_ONLY.includes(it))).toEqual([]);
});

function isLong(field: DescField): boolean {
  return (field.fieldKind === "list" || field.fieldKind === "map") && maxItems(field) === undefined;
}
