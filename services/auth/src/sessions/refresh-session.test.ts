import { randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await testSystem();
});

afterAll(() => system.stop());

let people = 500;
const signIn = () => system.client.createSession({ requestId: randomUUID(), name: `mapper-${++people}` });
const refresh = (refreshToken: string, requestId = randomUUID()) =>
  system.client.refreshSession({ requestId, refreshToken });
const sessionOf = (answer: { acknowledgement?: { name: string } | undefined }) =>
  answer.acknowledgement?.name.replace("sessions/", "") as string;
const who = ({ accessToken }: { accessToken: string }) => ({
  headers: { authorization: `Bearer ${accessToken}` },
});
/** Makes the last refresh of a session older than any window. */
const age = (sessionId: string) => system.database.sql`
  update sessions set issue_time = issue_time - interval '1 hour' where session_id = ${sessionId}`;

test("a refresh token brings the next one and a new access token of the same session", async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  expect(second.refreshToken).toMatch(/^tsrr_[A-Za-z0-9_-]{91}$/);
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(sessionOf(second)).toBe(sessionOf(first));
  expect(second.acknowledgement?.revision).toBe(2n);
  const [before, after] = [decodeJwt(first.accessToken), decodeJwt(second.accessToken)];
  expect(after).toMatchObject({ sub: before.sub, sid: before.sid, scope: before.scope });
  expect(after.jti).not.toBe(before.jti);
  expect(Number(second.expireTime?.seconds)).toBe(after.exp);
  await system.client.getCurrentUser({}, who(second));
});

test("fifty refreshes of one token at once get one successor, and the session continues", async () => {
  const { refreshToken } = await signIn();
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
  expect(new Set(answers.map((it) => it.refreshToken)).size).toBe(1);
  expect(new Set(answers.map((it) => it.accessToken)).size).toBe(1);
  expect(new Set(answers.map((it) => it.acknowledgement?.revision))).toEqual(new Set([2n]));
  await refresh(answers[0]?.refreshToken as string);
});

test("fifty refreshes through two replicas get one successor", async () => {
  const { refreshToken } = await signIn();
  const other = await system.start();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      (index % 2 === 0 ? system : other).client.refreshSession({ requestId: randomUUID(), refreshToken }),
    ),
  );
  await other.stop();
  expect(new Set(answers.map((it) => it.refreshToken)).size).toBe(1);
  expect(new Set(answers.map((it) => it.accessToken)).size).toBe(1);
});

test("a lost answer is had again, by the same request or by another", async () => {
  const { refreshToken } = await signIn();
  const requestId = randomUUID();
  const lost = await refresh(refreshToken, requestId);
  const again = await refresh(refreshToken, requestId);
  expect(again.acknowledgement).toEqual({ ...lost.acknowledgement, replayed: true });
  expect([again.accessToken, again.refreshToken]).toEqual([lost.accessToken, lost.refreshToken]);
  const another = await refresh(refreshToken);
  expect([another.accessToken, another.refreshToken]).toEqual([lost.accessToken, lost.refreshToken]);
});

test("a sign-in that is repeated after a refresh gets its own first tokens", async () => {
  const request = { requestId: randomUUID(), name: "mapper-400" };
  const first = await system.client.createSession(request);
  await refresh(first.refreshToken);
  const again = await system.client.createSession(request);
  expect([again.accessToken, again.refreshToken]).toEqual([first.accessToken, first.refreshToken]);
});

test("a token that is used again after the window revokes the session, for thief and owner alike", async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  await age(sessionOf(first));
  expect(await refusalOf(refresh(first.refreshToken))).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
  expect(await refusalOf(refresh(second.refreshToken))).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
  expect(await refusalOf(system.client.getCurrentUser({}, who(second)))).toMatchObject({
    reason: "TOKEN_REVOKED",
  });
  const { sql } = system.database;
  const events = await sql`
    select kind from events where details->>'session_id' = ${sessionOf(first)} order by commit_time`;
  expect(events.map(({ kind }) => kind)).toEqual([40, 43]);
  const revoked = await sql`select from revocations where session_id = ${sessionOf(first)}`;
  expect(revoked).toHaveLength(1);
});

test("a token whose successor was used revokes the session, also within the window", async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.refreshToken);
  expect(await refusalOf(refresh(first.refreshToken))).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
  expect(await refusalOf(refresh(third.refreshToken))).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
});

test("a token that nobody was given revokes no session", async () => {
  const { refreshToken } = await signIn();
  const bytes = Buffer.from(refreshToken.slice(5), "base64url");
  const flipped = (at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] as number) ^ 1;
    return `tsrr_${copy.toString("base64url")}`;
  };
  for (const forged of [
    flipped(0),
    flipped(19),
    flipped(51),
    "tsrr_",
    "x",
    refreshToken.slice(0, -1),
    "é\0",
  ]) {
    expect(await refusalOf(refresh(forged))).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
  }
  await refresh(refreshToken);
});

test("a token that lay idle for too long is not taken, nor one of a session that lasted too long", async () => {
  const { sql } = system.database;
  const idle = await signIn();
  await sql`update sessions set refresh_expire_time = clock_timestamp() where session_id = ${sessionOf(idle)}`;
  expect(await refusalOf(refresh(idle.refreshToken))).toMatchObject({ reason: "REFRESH_TOKEN_INVALID" });
  const old = await signIn();
  await sql`
    update sessions set create_time = create_time - interval '89.9 days' where session_id = ${sessionOf(old)}`;
  await refresh(old.refreshToken);
  const { session } = await system.client.getSession({ sessionId: sessionOf(old) }, who(old));
  const left = Number(session?.refreshExpireTime?.seconds) - Date.now() / 1000;
  expect(left).toBeLessThan(0.2 * 86_400);
});

test("a blocked person neither refreshes nor signs in, and every token is refused at once", async () => {
  const name = `mapper-${++people}`;
  const signed = await system.client.createSession({ requestId: randomUUID(), name });
  const { sql } = system.database;
  await sql`update users set blocked = true where name = ${name}`;
  expect(await refusalOf(refresh(signed.refreshToken))).toMatchObject({ reason: "USER_BLOCKED" });
  const again = system.client.createSession({ requestId: randomUUID(), name });
  expect(await refusalOf(again)).toMatchObject({ reason: "USER_BLOCKED" });
  const call = system.client.getCurrentUser({}, who(signed));
  expect(await refusalOf(call)).toMatchObject({ reason: "USER_BLOCKED" });
  await sql`update users set blocked = false where name = ${name}`;
  await refresh(signed.refreshToken);
});

test("neither token nor its hash is in any table", async () => {
  const first = await signIn();
  const second = await refresh(first.refreshToken);
  const { sql } = system.database;
  const rows = await sql`
    select t::text as row from remembered_requests t union all select t::text from sessions t
    union all select t::text from events t`;
  for (const { refreshToken } of [first, second]) {
    const secret = Buffer.from(refreshToken.slice(5), "base64url").subarray(20);
    expect(JSON.stringify(rows)).not.toContain(secret.toString("hex"));
    expect(JSON.stringify(rows)).not.toContain(secret.toString("base64url"));
  }
});
