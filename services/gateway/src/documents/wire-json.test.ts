import {
  create,
  type DescField,
  type DescMessage,
  getOption,
  type Message,
  ScalarType,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { leaves_out } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { TaskSchema } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { areaToGeoJson } from "@tessera/geometry/areas/geo-json.ts";
import { unreadMessage } from "@tessera/rpc/codec.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldValue, setFieldValue } from "../requests/field-value.ts";
import { isGeometry, messageOf } from "../routes/geometry-field.ts";
import { documentText, JSON_OPTIONS } from "./document.ts";
import { featureWriter } from "./feature.ts";
import { headersIn } from "./left-out.ts";
import { compileWriter, readerOf } from "./wire-json.ts";

const RUNS = { numRuns: 40 };
const DEPTH_MAX = 3;
const OUTPUTS = [...new Set(SERVICES.flatMap(({ methods }) => methods.map(({ output }) => output)))];

const double = fc.double({ noDefaultInfinity: false });
const SCALARS: Record<ScalarType, fc.Arbitrary<unknown>> = {
  [ScalarType.DOUBLE]: double,
  [ScalarType.FLOAT]: fc.float(),
  [ScalarType.INT64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.UINT64]: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  [ScalarType.INT32]: fc.integer(),
  [ScalarType.UINT32]: fc.nat(2 ** 32 - 1),
  [ScalarType.SINT32]: fc.integer(),
  [ScalarType.SINT64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.FIXED64]: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  [ScalarType.SFIXED64]: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  [ScalarType.FIXED32]: fc.nat(2 ** 32 - 1),
  [ScalarType.SFIXED32]: fc.integer(),
  [ScalarType.STRING]: fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
  [ScalarType.BYTES]: fc.uint8Array(),
};

const area = fc
  .array(
    fc.array(fc.array(fc.tuple(double, double), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 3,
    }),
    {
      maxLength: 3,
    },
  )
  .map((polygons) => ({
    coordinates: polygons.flat(3).map((it) => (Number.isFinite(it) ? it : 0)),
    ringLengths: polygons.flat().map((ring) => ring.length),
    polygonLengths: polygons.map((polygon) => polygon.length),
  }));

const LEAVES: Record<string, fc.Arbitrary<object>> = {
  [MultiPolygonSchema.typeName]: area,
  "google.protobuf.Timestamp": fc.oneof(
    fc.record({
      seconds: fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n }),
      nanos: fc.nat(999_999_999),
    }),
    fc.record({
      seconds: fc.bigInt({ min: 0n, max: 4_000_000_000n }),
      nanos: fc.nat(999).map((ms) => ms * 1e6),
    }),
  ),
  "google.protobuf.Duration": fc.record({
    seconds: fc.bigInt({ min: 0n, max: 1_000_000n }),
    nanos: fc.nat(999_999_999),
  }),
  "google.protobuf.FieldMask": fc.record({ paths: fc.subarray(["a", "b_c"]) }),
  "google.protobuf.Struct": fc.constant({}),
  "google.protobuf.Any": fc.constant({}),
};

/** Messages of a kind with any of their fields set. */
function messages(desc: DescMessage, depth = 0): fc.Arbitrary<Message> {
  const leaf = LEAVES[desc.typeName];
  if (leaf !== undefined) return leaf.map((init) => create(desc, init as never));
  const fields = depth > DEPTH_MAX ? desc.fields.filter((it) => messageOf(it) === undefined) : desc.fields;
  const values = fields.map((field) => fc.option(valuesFor(field, depth), { nil: undefined }));
  return fc.tuple(...values).map((given) => {
    const message = create(desc);
    for (const [place, field] of fields.entries())
      if (given[place] !== undefined) setFieldValue(message, field, given[place]);
    return message;
  });
}

function valuesFor(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const one = single(field, depth);
  if (field.fieldKind === "list") return fc.array(one, { maxLength: 3 });
  if (field.fieldKind !== "map") return one;
  const key = field.mapKey === ScalarType.STRING ? fc.string() : SCALARS[field.mapKey].map(String);
  return fc.dictionary(key, one, { maxKeys: 3 });
}

function single(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const desc = messageOf(field);
  if (desc !== undefined) return fc.noShrink(messages(desc, depth + 1));
  if (field.enum === undefined) return SCALARS[field.scalar as ScalarType];
  return fc.constantFrom(...field.enum.values.map((it) => it.number), 999);
}

/** What a message is in JSON, as the library and the contract say. */
function expected(
  desc: DescMessage,
  message: Message,
  left: readonly string[] = [],
): Record<string, unknown> {
  const json = toJson(desc, message, JSON_OPTIONS) as Record<string, unknown>;
  for (const name of [...left, ...headersIn(desc)]) delete json[name];
  for (const field of desc.fields) {
    const below = messageOf(field);
    const value = fieldValue(message, field);
    if (below === undefined || value === undefined || !(field.name in json) || field.fieldKind === "map")
      continue;
    const of = (it: unknown, shown: unknown) => {
      if (isGeometry(field)) return areaToGeoJson(it as never);
      const isObject =
        typeof shown === "object" && shown !== null && !below.typeName.startsWith("google.protobuf.");
      return isObject ? expected(below, it as Message, getOption(field, leaves_out)) : shown;
    };
    const shown = json[field.name];
    json[field.name] = Array.isArray(value)
      ? value.map((it, place) => of(it, (shown as unknown[])[place]))
      : of(value, shown);
  }
  return json;
}

const asSent = (json: unknown) => JSON.parse(JSON.stringify(json)) as unknown;

describe("a document that is written from the wire is what the library makes of the message", () => {
  test.each(OUTPUTS.map((desc) => [desc.typeName, desc] as const))("%s", (_, desc) => {
    fc.assert(
      fc.property(messages(desc), (message) => {
        const json = asSent(expected(desc, message));
        const text = documentText(desc, message);
        expect(JSON.parse(text)).toEqual(json);
        expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(json as object));
        const unread = unreadMessage(desc, Buffer.from(toBinary(desc, message)));
        expect(documentText(desc, unread)).toBe(text);
      }),
      RUNS,
    );
  });
});

test("a message whose parts come in pieces and in any order is put together", () => {
  const parts = [
    { taskId: 1, lock: { token: 5n, projectId: 7 } },
    { projectId: 2, lock: { holderUserId: 9n } },
    { taskId: 3, area: { coordinates: [1, 2], ringLengths: [1], polygonLengths: [1] } },
    { area: { coordinates: [3, 4], ringLengths: [1], polygonLengths: [1] } },
  ].map((init) => toBinary(TaskSchema, create(TaskSchema, init)));
  const message = unreadMessage(TaskSchema, Buffer.concat(parts));
  const json = JSON.parse(documentText(TaskSchema, message));
  expect(json).toMatchObject({
    project_id: 2,
    task_id: 3,
    lock: { token: "5", project_id: 7, holder_user_id: "9" },
  });
  expect(json.area.coordinates).toEqual([[[[1, 2]]], [[[3, 4]]]]);
});

test("only the chosen fields of a row are written, and a Feature has its id and its geometry beside them", () => {
  const message = create(TaskSchema, {
    projectId: 7,
    taskId: 1,
    priority: 3,
    area: { coordinates: [1, 2], ringLengths: [1], polygonLengths: [1] },
  });
  const chosen = new Set(["priority", "state"]);
  const reader = readerOf(TaskSchema, message);
  const end = reader.bytes.length;
  expect(compileWriter(TaskSchema, { only: chosen })(reader, end)).toBe('{"priority":3}');
  reader.at = 0;
  expect(JSON.parse(featureWriter(TaskSchema, undefined, chosen)(reader, end))).toEqual({
    type: "Feature",
    id: 1,
    geometry: { type: "MultiPolygon", coordinates: [[[[1, 2]]]] },
    properties: { priority: 3 },
  });
});
