import { getOption } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { names } from "../gen/tessera/rpc/v1/options_pb.ts";
import { SERVICES } from "./catalogue.ts";
import { isCommand } from "./reason-facts.ts";

const METHODS = SERVICES.flatMap(({ methods }) => methods);
const COMMANDS = METHODS.filter(isCommand).map((rpc) => [rpc.name, rpc] as const);

test.each(COMMANDS)("the contract says what %s acknowledges", (_, { output }) => {
  const field = output.fields.find(({ message }) => message?.name === "Acknowledgement");
  expect(field && getOption(field, names)).not.toBe("");
});
