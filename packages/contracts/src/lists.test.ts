import { type DescMessage, getOption } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
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

test("every list lets its caller choose fields, and its request stands beside its service", () => {
  const names = lists.map(({ name }) => name).filter((name) => name.startsWith("List"));
  expect(choosing.map(({ name }) => name)).toEqual(expect.arrayContaining([...names, "StreamTasks"]));
  expect(choosing.filter(({ input, parent }) => input.file !== parent.file)).toEqual([]);
});

test.each(
  choosing
    .filter(({ input }) => withRole(input, FieldRole.KNOWN_ETAG).length > 0)
    .map((rpc) => [rpc.name, rpc] as const),
)("%s says whether its rows are as its caller knows them", (_, { input, output }) => {
  expect(withRole(output, FieldRole.ETAG)).toEqual(["etag"]);
  expect(withRole(output, FieldRole.UNCHANGED)).toEqual(["unchanged"]);
  expect(withRole(input, FieldRole.KNOWN_ETAG)).toEqual(["known_etag"]);
});
