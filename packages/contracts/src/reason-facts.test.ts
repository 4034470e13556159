import { getOption } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { http } from "../gen/google/api/annotations_pb.ts";
import { Admission, FieldRole, role } from "../gen/tessera/rpc/v1/options_pb.ts";
import { SERVICES } from "./catalogue.ts";
import { allReasons, isCommand, refusalsOf, rulesOf } from "./reason-facts.ts";

const METHODS = SERVICES.flatMap(({ methods }) => methods);
const named = METHODS.map((method) => [`${method.parent.name}.${method.name}`, method] as const);

test("a reason's name is unique among all domains, as its problem page has only the name", () => {
  const names = allReasons().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(allReasons().map((facts) => [facts.name, facts] as const))(
  "%s says everything about itself",
  (_, facts) => {
    expect(facts.domain).toMatch(/^[a-z]+\.tessera$/);
    expect(facts.code).toBeGreaterThan(0);
    expect(facts.httpStatus).toBeGreaterThanOrEqual(400);
    expect(facts.httpStatus).toBeLessThan(600);
    expect(facts.title).toMatch(/^[A-Z].*[^.]$/);
  },
);

test.each(named)("%s has a REST path, an idempotency level, and refusals that exist", (_, method) => {
  expect(getOption(method, http).pattern.case).toBeDefined();
  expect(method.idempotency).not.toBe(0);
  expect(refusalsOf(method).length).toBeGreaterThan(0);
});

test.each(named)("%s says which scope a token needs, unless anybody may call it", (_, method) => {
  const { admission, scope } = rulesOf(method);
  if (scope === "") expect(admission).toBe(Admission.PUBLIC);
  else expect(scope).toMatch(/^[a-z]+(:(read|write))?$/);
});

test.each(named.filter(([, method]) => isCommand(method)))(
  "%s is a command: it takes a request id and answers an acknowledgement",
  (_, method) => {
    const [first] = method.input.fields;
    expect(first && getOption(first, role)).toBe(FieldRole.REQUEST_ID);
    expect(method.output.fields[0]?.message?.typeName).toBe("tessera.rpc.v1.Acknowledgement");
  },
);

test.each(named.filter(([, method]) => !isCommand(method)))(
  "%s is a query: it answers no acknowledgement",
  (_, method) => {
    expect(method.output.fields.map(({ message }) => message?.typeName)).not.toContain(
      "tessera.rpc.v1.Acknowledgement",
    );
  },
);

test("every reason of a service is answered by one of its RPCs", () => {
  const answered = new Set(
    METHODS.flatMap((method) => [
      ...refusalsOf(method).map(({ name }) => name),
      ...rulesOf(method).operationRefusals,
    ]),
  );
  const unanswered = allReasons().filter(
    ({ domain, name, number }) =>
      domain !== "gateway.tessera" &&
      !answered.has(name) &&
      // The protocol endpoints of sign-in answer these, and no RPC does.
      !(domain === "auth.tessera" && number >= 110 && number <= 139),
  );
  // Answered as a field of GetAccess, never as an error.
  expect(unanswered.map(({ name }) => name)).toEqual(["SIGN_IN_REQUIRED"]);
});

test.each(named)("%s says since when it is deprecated, if it is", (_, method) => {
  expect(rulesOf(method).deprecation !== undefined).toBe(method.proto.options?.deprecated ?? false);
});
