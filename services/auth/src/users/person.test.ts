import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { expect, test } from "vitest";
import { personNamed } from "./person.ts";

test("the administrator and the validator are experienced, and only the first may do everything", () => {
  expect(personNamed("administrator")).toMatchObject({
    systemRole: SystemRole.ADMINISTRATOR,
    mappingLevel: MappingLevel.ADVANCED,
  });
  expect(personNamed("validator")).toMatchObject({
    systemRole: SystemRole.MAPPER,
    mappingLevel: MappingLevel.ADVANCED,
  });
});

test.each(["mapper-1", "mapper-42", "mapper-99999"])("%s is a beginner", (name) => {
  expect(personNamed(name)).toEqual({
    identityProvider: "development",
    subject: name,
    name,
    systemRole: SystemRole.MAPPER,
    mappingLevel: MappingLevel.BEGINNER,
  });
});

test.each([
  "",
  "Administrator",
  " administrator",
  "administrator\n",
  "mapper-",
  "mapper-0",
  "mapper-01",
  "mapper-100000",
  "mapper--1",
  "mapper-1 ",
  "mapper-１",
  "validator\0",
  "constructor",
  "__proto__",
])("nobody is called %j", (name) => {
  expect(personNamed(name)).toBeUndefined();
});
