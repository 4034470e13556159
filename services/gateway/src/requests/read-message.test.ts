import { create } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { expect, test } from "vitest";
import type { Fault } from "../http-refusal.ts";
import { readMessage } from "./read-message.ts";

const asking = SERVICES.flatMap(({ methods }) => methods).flatMap(({ name, input }) =>
  [FieldRole.WANTS_DOCUMENT, FieldRole.WITHOUT_EVENTS].flatMap((role) => {
    const field = fieldWithRole(input, role);
    return field === undefined ? [] : [[name, field] as const];
  }),
);

test.each(asking)("%s takes from REST nothing that is for gateways: %s", (_, { parent, name, jsonName }) => {
  const faults: Fault[] = [];
  readMessage(parent, create(parent), { [name]: true, [jsonName]: true }, "", faults);
  expect(faults.map((it) => [it.name, it.rule])).toEqual([
    [`/${name}`, "field.unknown"],
    [`/${jsonName}`, "field.unknown"],
  ]);
});
