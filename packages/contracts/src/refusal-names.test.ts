import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { type MethodRules, MethodRulesSchema, RefusalClass } from "../gen/tessera/rpc/v1/options_pb.ts";
import { SERVICES } from "./catalogue.ts";
import { reasonNamed, rulesOf } from "./reason-facts.ts";

/** What is wrong with the reasons that an RPC declares. */
function faultsIn({ refusals, operationRefusals }: MethodRules): string[] {
  return [refusals, operationRefusals].flatMap((names) =>
    names.flatMap((name, at) => {
      const facts = reasonNamed(name);
      if (facts === undefined) return [`${name} is in no enum of reasons`];
      if (facts.class !== RefusalClass.UNSPECIFIED) return [`${name} holds for its class and is not listed`];
      return names.indexOf(name) === at ? [] : [`${name} is listed twice`];
    }),
  );
}

test("every reason that an RPC declares is in an enum, once", () => {
  const faults = SERVICES.flatMap(({ methods }) => methods).flatMap((rpc) =>
    faultsIn(rulesOf(rpc)).map((fault) => `${rpc.parent.name}.${rpc.name}: ${fault}`),
  );
  expect(faults).toEqual([]);
});

test.each([
  [{ refusals: ["TASK_LOKED"] }, "TASK_LOKED is in no enum of reasons"],
  [{ refusals: ["REASON_TASK_LOCKED"] }, "REASON_TASK_LOCKED is in no enum of reasons"],
  [{ operationRefusals: ["TASK_LOKED"] }, "TASK_LOKED is in no enum of reasons"],
  [{ refusals: ["TASK_LOCKED", "TASK_LOCKED"] }, "TASK_LOCKED is listed twice"],
  [{ refusals: ["TOKEN_MISSING"] }, "TOKEN_MISSING holds for its class and is not listed"],
])("a breach is seen: %j", (rules, fault) => {
  expect(faultsIn(create(MethodRulesSchema, rules))).toEqual([fault]);
});
