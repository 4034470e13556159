import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { field as fieldRules } from "../gen/buf/validate/validate_pb.ts";
import { FieldRole, refers_to as refersTo, role } from "../gen/tessera/rpc/v1/options_pb.ts";
import { SERVICES } from "./catalogue.ts";
import { rulesOf } from "./reason-facts.ts";

const RPCS = SERVICES.flatMap(({ methods }) => methods);
const RESOLVING = RPCS.filter((rpc) => rulesOf(rpc).resolves !== "");
const KINDS = RESOLVING.map((rpc) => rulesOf(rpc).resolves);
const ANSWERED = [...new Set(RPCS.flatMap(({ output }) => [...below(output)]))];

function below(desc: DescMessage, seen = new Set<DescMessage>()): Set<DescMessage> {
  if (!seen.has(desc)) {
    seen.add(desc);
    for (const { message } of desc.fields) if (message) below(message, seen);
  }
  return seen;
}

/** The kind of what an id names, by its own name: "holder_user_id" names one of the users. */
function kindByName({ name, parent }: DescField): string {
  const noun = /(?:^|_)([a-z]+)_ids?$/.exec(name)?.[1] ?? "";
  const kind = KINDS.find((it) => it === `${noun}s`) ?? "";
  const isOwn = parent.name.toLowerCase() === noun && parent.fields[0]?.name === name;
  // What is missing names nothing.
  return isOwn || name.startsWith("missing_") ? "" : kind;
}

test("users, teams, organisations, projects and licences can be included", () => {
  expect(KINDS.toSorted()).toEqual(["licences", "organisations", "projects", "teams", "users"]);
});

test("every id in an answer says the kind that its name says", () => {
  const wrong = ANSWERED.flatMap(({ fields }) => fields)
    .filter((field) => getOption(field, refersTo) !== kindByName(field))
    .map(({ parent, name }) => `${parent.typeName}.${name}`);
  expect(wrong).toEqual([]);
});

test("no document has a member of the name of what is included", () => {
  const names = ANSWERED.flatMap(({ fields }) => fields).map(({ name }) => name);
  expect(names.filter((it) => it.startsWith("included"))).toEqual([]);
});

describe.each(RESOLVING.map((rpc) => [rpc.name, rpc] as const))("%s", (_, { input, output }) => {
  const withRole = ({ fields }: DescMessage, wanted: FieldRole) =>
    fields.filter((it) => getOption(it, role) === wanted);

  test("takes a bounded list of ids, and returns rows", () => {
    const [ids] = withRole(input, FieldRole.IDS);
    expect(ids?.fieldKind).toBe("list");
    const rules = getOption(ids as DescField, fieldRules).type;
    expect(rules.case === "repeated" ? Number(rules.value.maxItems) : 0).toBeGreaterThan(0);
    expect(withRole(output, FieldRole.ROWS)).toHaveLength(1);
  });

  test("needs nothing but the ids", () => {
    expect(input.fields.filter((it) => getOption(it, role) === FieldRole.UNSPECIFIED)).toEqual([]);
  });
});
