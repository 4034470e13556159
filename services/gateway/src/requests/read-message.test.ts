import { create } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { expect, test } from "vitest";
import type { Fault } from "../http-refusal.ts";
import { readMessage } from "./read-message.ts";

const asking = SERVICES.flatMap(({ methods }) => methods).filter(({ input }) =>
  fieldWithRole(input, FieldRole.WANTS_DOCUMENT),
);

test.each(asking.map((it) => [it.name, it] as const))(
  "%s takes no wish for a document from REST",
  (_, { input }) => {
    const faults: Fault[] = [];
    readMessage(input, create(input), { wants_document: true, wantsDocument: true }, "", faults);
    expect(faults.map(({ name, rule }) => [name, rule])).toEqual([
      ["/wants_document", "field.unknown"],
      ["/wantsDocument", "field.unknown"],
    ]);
  },
);
