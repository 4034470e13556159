import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { field as fieldRules } from "../gen/buf/validate/validate_pb.ts";
import { http } from "../gen/google/api/annotations_pb.ts";
import { SERVICES } from "./catalogue.ts";
import { rulesOf } from "./reason-facts.ts";

const READS = SERVICES.flatMap(({ methods }) => methods).filter((rpc) => pathOf(rpc) !== undefined);
const SELECTED = READS.filter((rpc) => rulesOf(rpc).selectedBy !== "");

/** The path of a GET, whatever its variables are called. */
function pathOf(rpc: DescMethod): string | undefined {
  const { pattern } = hasOption(rpc, http) ? getOption(rpc, http) : { pattern: undefined };
  return pattern?.case === "get" ? pattern.value.replace(/\{[^}]*\}/g, "{}") : undefined;
}

describe.each(SELECTED.map((rpc) => [rpc.name, rpc] as const))("%s, on a path that it shares", (_, rpc) => {
  const { selectedBy } = rulesOf(rpc);
  const others = READS.filter((it) => it !== rpc && pathOf(it) === pathOf(rpc));

  test("is selected by a parameter that it requires", () => {
    const field = rpc.input.fields.find(({ name }) => name === selectedBy);
    const rules = field && getOption(field, fieldRules);
    const leastItems = rules?.type.case === "repeated" ? rules.type.value.minItems : 0n;
    expect(rules?.required || leastItems > 0n).toBe(true);
  });

  test("is selected by a parameter that no other RPC on the path takes", () => {
    expect(others.length).toBeGreaterThan(0);
    const takers = others.filter(({ input }) => input.fields.some(({ name }) => name === selectedBy));
    expect(takers.map(({ name }) => name)).toEqual([]);
  });
});

test("two lists of one path are distinct", () => {
  expect(SELECTED.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["BatchGetUsers", "BatchGetTeams", "BatchGetOrganisations"]),
  );
});
