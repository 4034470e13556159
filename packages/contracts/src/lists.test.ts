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
