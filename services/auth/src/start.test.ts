import { randomBytes, randomUUID } from "node:crypto";
import { Secret } from "@tessera/runtime/secret.ts";
import { testDatabase } from "@tessera/testing/database.ts";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MIGRATIONS } from "./migrations.ts";
import { startAuth } from "./start.ts";
import { silent, type TestSystem, testSystem } from "./testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

test("replicas that start at once on a new database make one key, and each takes the other's tokens", async () => {
  const database = await testDatabase(MIGRATIONS);
  const replicas = await Promise.all(
    Array.from({ length: 4 }, () => system.start({ DATABASE_URL: database.url, POOL_SIZE: 2 })),
  );
  const rows = await database.sql`select kid from signing_keys`;
  expect(rows).toHaveLength(1);
  for (const signer of replicas) {
    const request = { requestId: randomUUID(), name: "mapper-1" };
    const { accessToken } = await signer.client.createSession(request);
    expect(decodeProtectedHeader(accessToken).kid).toBe(rows[0]?.kid);
    const headers = { authorization: `Bearer ${accessToken}` };
    for (const { client } of replicas) {
      expect((await client.getCurrentUser({}, { headers })).user?.name).toBe("mapper-1");
    }
  }
  await Promise.all(replicas.map((it) => it.stop()));
  await database.drop();
});

test("it does not start on a database without its schema, and says what to do", async () => {
  const empty = await testDatabase();
  const starting = startAuth({ ...system.config, DATABASE_URL: empty.url }, silent);
  await expect(starting).rejects.toThrow("0001_users_sessions_keys.sql");
  await empty.drop();
});

test("it does not start with another secret than the keys were encrypted with", async () => {
  const secret = new Secret(randomBytes(32).toString("hex"));
  const starting = startAuth({ ...system.config, KEY_ENCRYPTION_SECRET: secret }, silent);
  await expect(starting).rejects.toThrow("KEY_ENCRYPTION_SECRET");
});

test("what a failed start began is undone", async () => {
  const taken = Number(new URL(system.auth.keysUrl).port);
  await expect(startAuth({ ...system.config, KEYS_PORT: taken }, silent)).rejects.toThrow("EADDRINUSE");
  const { sql } = system.database;
  const ours = sql`select count(*)::int as count from pg_stat_activity
    where application_name = 'auth' and datname = current_database()`;
  expect((await ours)[0]?.count).toBeLessThanOrEqual(system.config.POOL_SIZE);
});
