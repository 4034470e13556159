import { randomUUID } from "node:crypto";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../open-store.ts";
import { type TestSystem, testSystem } from "../testing/system.ts";
import { forgottenOfTokens } from "../token-services.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const forgetAll = async () => {
  const counts: Record<string, number> = {};
  const forgotten = forgottenOfTokens(openStore(system.database.sql));
  for (const [what, forget] of Object.entries(forgotten)) counts[what] = await forget();
  return counts;
};

test("what is in force is kept", async () => {
  const who = await system.signIn("mapper-1");
  await system
    .clientOf(PersonalAccessTokenService)
    .createPersonalAccessToken(
      { requestId: randomUUID(), name: "x", scopes: ["account"], lifetime: { seconds: 86400n } },
      who,
    );
  await system.client.revokeSessions({ requestId: randomUUID() }, who);
  expect(await forgetAll()).toEqual({
    keys: 0,
    personal_access_tokens: 0,
    sessions: 0,
    revocations: 0,
    assertions: 0,
  });
});

test("what has ended long ago is forgotten, in every table", async () => {
  const who = await system.signIn("mapper-2");
  const keys = system.clientOf(PersonalAccessTokenService);
  const make = { requestId: randomUUID(), name: "x", scopes: ["account"], lifetime: { seconds: 86400n } };
  const made = await keys.createPersonalAccessToken(make, who);
  const tokenId = made.acknowledgement?.name.split("/")[1] as string;
  const { sql } = system.database;
  await sql`update personal_access_tokens set expire_time = now() - interval '31 days' where token_id = ${tokenId}`;
  await sql`
    update sessions set last_expire_time = now() - interval '10 days'
    where user_id = (select user_id from users where name = 'mapper-2')`;
  await sql`
    update sessions set end_time = now() - interval '10 days'
    where user_id = (select user_id from users where name = 'mapper-1') and client_id = 'tessera-development'`;
  await sql`update revocations set forget_time = now() - interval '1 second'`;
  await sql`
    insert into revocations (subject, user_id, blocked, forget_time, change_time)
    values ('user:77', 77, true, null, now() - interval '1 year')`;
  await sql`insert into used_assertions (user_id, jti_hash, expire_time) values (1, '\\x00', now() - interval '2 minutes')`;
  await sql`
    insert into signing_keys (kid, generation, public_jwk, sealed_private_jwk, create_time, activate_time)
    values ('old', 0, '{}', '', now(), now() - interval '1 year')`;
  await sql`update signing_keys set activate_time = now() - interval '1 day' where generation = 1`;
  const forgotten = await forgetAll();
  expect(forgotten).toMatchObject({ keys: 1, personal_access_tokens: 1, revocations: 1, assertions: 1 });
  expect(forgotten.sessions).toBe(3);
  expect(await sql`select subject from revocations`).toEqual([{ subject: "user:77" }]);
});
