import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

test("the caller is answered as stored now, whatever was true at sign-in", async () => {
  const mapper = await system.signIn("mapper-1");
  const { user: before } = await system.client.getCurrentUser({}, mapper);
  expect(before).toMatchObject({
    name: "mapper-1",
    systemRole: SystemRole.MAPPER,
    mappingLevel: MappingLevel.BEGINNER,
    revision: 1n,
  });
  const { sql } = system.database;
  await sql`update users set mapping_level = 2, revision = 2 where name = 'mapper-1'`;
  const { user: after } = await system.client.getCurrentUser({}, mapper);
  expect(after).toEqual({ ...before, mappingLevel: MappingLevel.INTERMEDIATE, revision: 2n });
});

test("a person who signs in again keeps the changes made meanwhile", async () => {
  await system.signIn("mapper-2");
  const { sql } = system.database;
  await sql`update users set name = 'Ana', mapping_level = 3, revision = 5 where name = 'mapper-2'`;
  const { user } = await system.client.getCurrentUser({}, await system.signIn("mapper-2"));
  expect(user).toMatchObject({ name: "Ana", mappingLevel: MappingLevel.ADVANCED, revision: 5n });
});

test("a good token of somebody who is gone is not valid", async () => {
  const gone = await system.signIn("mapper-3");
  const { sql } = system.database;
  await sql`delete from sessions where user_id = (select user_id from users where name = 'mapper-3')`;
  await sql`delete from users where name = 'mapper-3'`;
  expect((await refusalOf(system.client.getCurrentUser({}, gone))).reason).toBe("TOKEN_INVALID");
});

test("without a token there is no current user", async () => {
  expect((await refusalOf(system.client.getCurrentUser({}))).reason).toBe("TOKEN_MISSING");
});
