import { randomUUID } from "node:crypto";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

const count = async (table: string): Promise<number> => {
  const { sql } = system.database;
  const [row] = await sql<{ count: bigint }[]>`select count(*) as count from ${sql(table)}`;
  return Number(row?.count);
};

test("a session is confirmed, and its token says who it is and nothing more", async () => {
  const before = Date.now();
  const requestId = randomUUID();
  const { acknowledgement, accessToken } = await system.client.createSession({
    requestId,
    name: "validator",
  });
  expect(acknowledgement).toMatchObject({ requestId, revision: 1n, replayed: false });
  const sessionId = acknowledgement?.name.replace("sessions/", "");

  const keys = createRemoteJWKSet(new URL(system.auth.keysUrl));
  const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
    algorithms: ["EdDSA"],
    audience: "tessera",
    issuer: system.config.TOKEN_ISSUER,
    typ: "at+jwt",
  });
  expect(protectedHeader).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: expect.any(String) });
  expect(payload).toEqual({
    iss: "https://auth.test",
    aud: "tessera",
    sub: expect.stringMatching(/^[0-9]+$/),
    client_id: "tessera-development",
    scope: PERSON_SCOPES.join(" "),
    ver: 0,
    sid: sessionId,
    jti: expect.any(String),
    iat: expect.any(Number),
    exp: (payload.iat ?? 0) + 600,
  });
  expect(Math.abs((payload.iat ?? 0) * 1000 - before)).toBeLessThan(10_000);
});

test("the same request again gets the same session and the same token", async () => {
  const request = { requestId: randomUUID(), name: "mapper-7" };
  const first = await system.client.createSession(request);
  const again = await system.client.createSession(request);
  expect(again.accessToken).toBe(first.accessToken);
  expect(again.acknowledgement).toEqual({ ...first.acknowledgement, replayed: true });
});

test("a request id belongs to the name that it came with", async () => {
  const requestId = randomUUID();
  const one = await system.client.createSession({ requestId, name: "mapper-8" });
  const other = await system.client.createSession({ requestId, name: "mapper-9" });
  expect(other.acknowledgement?.replayed).toBe(false);
  expect(decodeJwt(other.accessToken).sub).not.toBe(decodeJwt(one.accessToken).sub);
});

test("twenty twins at once make one session of one new person", async () => {
  const [users, sessions] = [await count("users"), await count("sessions")];
  const request = { requestId: randomUUID(), name: "mapper-100" };
  const answers = await Promise.all(Array.from({ length: 20 }, () => system.client.createSession(request)));
  expect(answers.filter((it) => it.acknowledgement?.replayed === false)).toHaveLength(1);
  expect(new Set(answers.map((it) => it.accessToken)).size).toBe(1);
  expect(new Set(answers.map((it) => it.acknowledgement?.name)).size).toBe(1);
  expect(await count("users")).toBe(users + 1);
  expect(await count("sessions")).toBe(sessions + 1);
});

test("twenty first sign-ins at once under one name make one person with twenty sessions", async () => {
  const [users, sessions] = [await count("users"), await count("sessions")];
  const calls = Array.from({ length: 20 }, () =>
    system.client.createSession({ requestId: randomUUID(), name: "mapper-101" }),
  );
  const subjects = (await Promise.all(calls)).map((it) => decodeJwt(it.accessToken).sub);
  expect(new Set(subjects).size).toBe(1);
  expect(await count("users")).toBe(users + 1);
  expect(await count("sessions")).toBe(sessions + 20);
});

test.each(["nobody", "mapper-0", "mapper-1\0", "ﬁ", "👩‍🚒"])("nobody signs in as %j", async (name) => {
  const sessions = await count("sessions");
  const refusal = await refusalOf(system.client.createSession({ requestId: randomUUID(), name }));
  expect(refusal).toEqual({ reason: "PERSON_UNKNOWN", metadata: { name } });
  expect(await count("sessions")).toBe(sessions);
});

test("a name that is missing or too long is malformed", async () => {
  for (const name of ["", "x".repeat(65)]) {
    const refusal = await refusalOf(system.client.createSession({ requestId: "a", name }));
    expect(refusal.reason).toBe("FIELD_INVALID");
  }
});

test("where it is not offered nobody signs in, but an earlier sign-in is replayed", async () => {
  const request = { requestId: randomUUID(), name: "administrator" };
  const first = await system.client.createSession(request);
  const closed = await system.start({ DEVELOPMENT_SIGN_IN: false });
  const again = await closed.client.createSession(request);
  expect(again.acknowledgement).toEqual({ ...first.acknowledgement, replayed: true });
  expect(again.accessToken).toBe(first.accessToken);
  for (const name of ["administrator", "nobody"]) {
    const refusal = await refusalOf(closed.client.createSession({ requestId: randomUUID(), name }));
    expect(refusal.reason).toBe("SIGN_IN_NOT_OFFERED");
  }
  await closed.stop();
});

test("a restart with other settings changes nothing about a token that was given", async () => {
  const request = { requestId: randomUUID(), name: "mapper-11" };
  const first = await system.client.createSession(request);
  const restarted = await system.start({ ACCESS_TOKEN_SECONDS: 60 });
  const again = await restarted.client.createSession(request);
  expect(again.accessToken).toBe(first.accessToken);
  expect(decodeProtectedHeader(again.accessToken).kid).toBe(decodeProtectedHeader(first.accessToken).kid);
  await restarted.stop();
});

test("the token is in no table", async () => {
  const { accessToken } = await system.client.createSession({ requestId: randomUUID(), name: "mapper-12" });
  const signature = accessToken.split(".")[2] as string;
  const { sql } = system.database;
  const rows = await sql`
    select t::text as row from remembered_requests t
    union all select t::text from sessions t
    union all select t::text from users t
    union all select t::text from signing_keys t`;
  expect(JSON.stringify(rows)).not.toContain(signature);
  expect(JSON.stringify(rows)).not.toContain('\\"d\\"');
});
