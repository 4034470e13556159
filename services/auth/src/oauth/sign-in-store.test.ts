import { randomBytes } from "node:crypto";
import { type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MIGRATIONS } from "../migrations.ts";
import { signInStore } from "./store.ts";

const REQUEST = {
  clientId: "app",
  redirectUri: "https://app.test/callback",
  clientState: "state",
  codeChallenge: "x".repeat(43),
  scopes: ["account"],
};

let database: TestDatabase;
let store: ReturnType<typeof signInStore>;

beforeAll(async () => {
  database = await testDatabase(MIGRATIONS);
  store = signInStore(database.sql);
});

afterAll(() => database.drop());

test("sign-ins that nobody came back from are swept an hour later, and no others", async () => {
  for (let index = 0; index < 3; index++) {
    await store.begin({ stateHash: randomBytes(32), browserHash: randomBytes(32) }, REQUEST);
  }
  expect(await store.forgetSignIns()).toBe(0);
  await database.sql`
    update sign_ins set expire_time = clock_timestamp() - interval '61 minutes'
    where state_hash in (select state_hash from sign_ins limit 2)`;
  expect(await store.forgetSignIns()).toBe(2);
  expect(await database.sql`select from sign_ins`).toHaveLength(1);
});

test("codes are kept for as long as their second use is to be noticed, and then swept", async () => {
  const person = { provider: "openstreetmap", subject: "1", name: "somebody", isAdministrator: false };
  for (let index = 0; index < 3; index++) {
    expect(await store.admit(person, REQUEST, randomBytes(32))).toBe("admitted");
  }
  await database.sql`update authorization_codes set expire_time = clock_timestamp() - interval '59 minutes'`;
  expect(await store.forgetCodes()).toBe(0);
  await database.sql`
    update authorization_codes set expire_time = clock_timestamp() - interval '61 minutes'
    where code_hash in (select code_hash from authorization_codes limit 2)`;
  expect(await store.forgetCodes()).toBe(2);
});
