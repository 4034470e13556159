import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { field as fieldOption } from "../gen/buf/validate/validate_pb.ts";
import { FieldRole, role } from "../gen/tessera/rpc/v1/options_pb.ts";
import { SERVICES } from "./catalogue.ts";

const lists = SERVICES.flatMap(({ methods }) => methods).filter(
  ({ name, methodKind }) => methodKind === "unary" && /^(List|Search)/.test(name),
);
/** Lists that a bound keeps short: keys that verify, a person's locks, tasks at a point. */
const BOUNDED = ["ListSigningKeys", "ListHeldLocks", "SearchTasks"];
const withRole = ({ fields }: DescMessage, wanted: FieldRole) =>
  fields.filter((it) => getOption(it, role) === wanted).map(({ name }) => name);

test.each(lists.map((rpc) => [rpc.name, rpc] as const))(
  "%s marks its rows and its next page, so that REST has CSV and Link",
  (name, { input, output }) => {
    expect(withRole(output, FieldRole.ROWS)).toHaveLength(1);
    const paged = BOUNDED.includes(name) ? [] : ["next_page_token"];
    expect(withRole(output, FieldRole.NEXT_PAGE)).toEqual(paged);
    const fields = Object.keys(input.field).filter((it) => it === "pageSize" || it === "pageToken");
    expect(fields).toHaveLength(2 * paged.length);
  },
);

const reads = SERVICES.flatMap(({ methods }) => methods).filter(({ name }) => name.startsWith("BatchGet"));

test.each(reads.map((rpc) => [rpc.name, rpc] as const))(
  "%s marks its rows, so that REST has CSV and GeoJSON of them",
  (_, { output }) => {
    expect(withRole(output, FieldRole.ROWS)).toHaveLength(1);
  },
);

test("every RPC with a page token is such a list", () => {
  const paged = SERVICES.flatMap(({ methods }) => methods).filter(
    ({ input, output }) => input.field.pageToken !== undefined || output.field.nextPageToken !== undefined,
  );
  expect(paged.filter((it) => !lists.includes(it)).map(({ name }) => name)).toEqual([]);
});

const choosing = SERVICES.flatMap(({ methods }) => methods).filter(
  ({ input }) => withRole(input, FieldRole.FIELDS).length > 0,
);

test("lists of tasks let their caller choose fields", () => {
  expect(choosing.map(({ name }) => name)).toEqual(expect.arrayContaining(["ListTasks", "StreamTasks"]));
});

test.each(choosing.map((rpc) => [rpc.name, rpc] as const))(
  "%s offers every field of its rows, and says whether they are as its caller knows them",
  (_, { input, output }) => {
    const mask = input.fields.find((it) => getOption(it, role) === FieldRole.FIELDS) as DescField;
    const rules = getOption(mask, fieldOption).type;
    const rows = output.fields.find((it) => it.fieldKind === "list" && it.message !== undefined);
    expect(rules.case === "fieldMask" ? rules.value.in.toSorted() : []).toEqual(
      rows?.message?.fields.map(({ name }) => name).toSorted(),
    );
    expect(withRole(output, FieldRole.ETAG)).toEqual(["etag"]);
    expect(withRole(output, FieldRole.UNCHANGED)).toEqual(["unchanged"]);
    expect(withRole(input, FieldRole.KNOWN_ETAG)).toEqual(["known_etag"]);
  },
);
