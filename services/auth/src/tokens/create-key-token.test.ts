import { randomUUID } from "node:crypto";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { TokenKind, TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;
let service: { headers: { authorization: string } };

beforeAll(async () => {
  system = await testSystem();
  service = await system.signInService("mapper-90002");
});

afterAll(() => system.stop());

/** The deadline of a call that waits until the test lets it continue. */
const PATIENT_MS = 60_000;

const tokens = () => system.clientOf(TokenService);
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test("a personal access token is made once, exchanged for short tokens, introspected and revoked", async () => {
  const keys = system.clientOf(PersonalAccessTokenService);
  const mapper = await system.signIn("mapper-10");
  const request = {
    requestId: randomUUID(),
    name: "my script",
    scopes: ["account", "tasks:read"],
    lifetime: { seconds: 2592000n },
  };
  const created = await keys.createPersonalAccessToken(request, mapper);
  const personalAccessToken = created.personalAccessToken;
  expect(personalAccessToken).toMatch(/^tsra_[0-9A-Za-z]{60}$/);
  const again = await keys.createPersonalAccessToken(request, mapper);
  expect([again.personalAccessToken, again.acknowledgement?.replayed]).toEqual([personalAccessToken, true]);
  const exchange = { requestId: randomUUID(), personalAccessToken };
  const { accessToken, scopes } = await tokens().createKeyToken(exchange);
  expect(scopes).toEqual(["account", "tasks:read"]);
  expect((await tokens().createKeyToken(exchange)).accessToken).toBe(accessToken);
  await system.client.getCurrentUser({}, bearer(accessToken));
  const { personalAccessTokens } = await keys.listPersonalAccessTokens({}, mapper);
  expect(personalAccessTokens).toMatchObject([{ name: "my script", lastUseTime: expect.anything() }]);
  expect(
    JSON.stringify(personalAccessTokens, (_, it) => (typeof it === "bigint" ? String(it) : it)),
  ).not.toContain(personalAccessToken.slice(16, 40));
  const state = await tokens().introspectToken({ token: personalAccessToken }, service);
  expect(state).toMatchObject({
    active: true,
    kind: TokenKind.PERSONAL_ACCESS,
    scopes: ["account", "tasks:read"],
  });
  const beyond = tokens().createKeyToken({ ...exchange, requestId: randomUUID(), scopes: ["tasks:write"] });
  expect(await refusalOf(beyond)).toMatchObject({ reason: "SCOPE_NOT_ALLOWED" });
  // Signing out everywhere ends what was made of it, and leaves it good.
  await system.client.revokeSessions({ requestId: randomUUID() }, mapper);
  expect(await refusalOf(system.client.getCurrentUser({}, bearer(accessToken)))).toMatchObject({
    reason: "TOKEN_REVOKED",
  });
  const anew = await tokens().createKeyToken({ requestId: randomUUID(), personalAccessToken });
  await system.client.getCurrentUser({}, bearer(anew.accessToken));
  await tokens().revokeToken({ requestId: randomUUID(), token: personalAccessToken });
  for (const token of [personalAccessToken, `${personalAccessToken.slice(0, -1)}0`, "tsra_x"]) {
    const call = tokens().createKeyToken({ requestId: randomUUID(), personalAccessToken: token });
    expect(await refusalOf(call)).toMatchObject({ reason: "ACCESS_KEY_INVALID" });
    const { active, userId } = await tokens().introspectToken({ token }, service);
    expect([active, userId]).toEqual([false, undefined]);
  }
  expect(await refusalOf(system.client.getCurrentUser({}, bearer(anew.accessToken)))).toMatchObject({
    reason: "TOKEN_REVOKED",
  });
});

test("a person has a hundred at most, and makes none that may more than the token of the call", async () => {
  const keys = system.clientOf(PersonalAccessTokenService);
  const mapper = await system.signIn("mapper-11");
  const make = (scopes: string[], who = mapper) =>
    keys.createPersonalAccessToken(
      { requestId: randomUUID(), name: "x", scopes, lifetime: { seconds: 86400n } },
      { ...who, timeoutMs: PATIENT_MS },
    );
  const first = await make(["account"]);
  const { accessToken } = await tokens().createKeyToken({
    requestId: randomUUID(),
    personalAccessToken: first.personalAccessToken,
  });
  expect(await refusalOf(make(["tasks:write"], bearer(accessToken)))).toMatchObject({
    reason: "SCOPE_NOT_ALLOWED",
  });
  expect(await refusalOf(make(["services"]))).toMatchObject({ reason: "SCOPE_NOT_ALLOWED" });
  const { user } = await system.client.getCurrentUser({}, mapper);
  const { sql } = system.database;
  const userId = user?.userId as bigint;
  await haveTokens(userId, 99);
  // Two want the last place while another transaction locks the person: they continue at the same moment.
  let making: Promise<unknown>[] = [];
  await sql.begin(async (tx) => {
    await tx`select from users where user_id = ${userId} for update`;
    making = [make(["account"]), make(["account"])].map((it) => it.catch((error: unknown) => error));
    await expect.poll(() => waiting()).toBe(2);
  });
  const outcomes = await Promise.all(making);
  expect(outcomes.filter((it) => !(it instanceof Error))).toHaveLength(1);
  const limit = { reason: "PERSONAL_ACCESS_TOKEN_LIMIT_REACHED", metadata: { limit: "100" } };
  const refused = outcomes.find((it) => it instanceof Error);
  expect(await refusalOf(Promise.reject(refused))).toMatchObject(limit);
  expect(await refusalOf(make(["account"]))).toMatchObject(limit);
});

/** Gives a person who has one token as many as this. */
async function haveTokens(userId: bigint, count: number): Promise<void> {
  await system.database.sql`
    insert into personal_access_tokens (token_id, user_id, name, token_hash, scopes, session_id, create_time, expire_time)
    select lpad(number::text, 11, '0'), user_id, name, sha256(number::text::bytea), scopes, session_id, create_time,
      expire_time
    from personal_access_tokens, generate_series(2, ${count}::integer) number where user_id = ${userId}`;
}

/** How many statements wait for a row. */
async function waiting(): Promise<number> {
  const rows = await system.database.sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return rows.length;
}

test("the kinds of tokens are distinguished, and the finder of a lost one can revoke it", async () => {
  const person = await system.client.createSession({ requestId: randomUUID(), name: "mapper-12" });
  const kindOf = async (token: string) => {
    const { active, kind } = await tokens().introspectToken({ token }, service);
    return active ? kind : undefined;
  };
  expect(await kindOf(person.accessToken)).toBe(TokenKind.ACCESS);
  expect(await kindOf(person.refreshToken)).toBe(TokenKind.REFRESH);
  const requestId = randomUUID();
  const taken = await tokens().revokeToken({ requestId, token: person.refreshToken });
  const again = await tokens().revokeToken({ requestId, token: person.refreshToken });
  expect(again.acknowledgement).toEqual({ ...taken.acknowledgement, replayed: true });
  expect(await kindOf(person.accessToken)).toBeUndefined();
  expect(await kindOf(person.refreshToken)).toBeUndefined();
  const remembered = async () =>
    (await system.database.sql`select from remembered_requests where caller like 'revoke:%'`).length;
  const before = await remembered();
  for (const token of ["x", "é\0", person.accessToken, "tsrr_", "a.b.c"]) {
    const { acknowledgement } = await tokens().revokeToken({ requestId: randomUUID(), token });
    expect(acknowledgement?.name).toMatch(/^sessions\/[0-9a-f-]{36}$/);
  }
  // What anybody can make up leaves no row.
  expect(await remembered()).toBe(before);
});
